import CCurl
import Glibc
import PitModel

/// What libcurl says of a transfer that failed, put into the model's words.
struct CurlFault {
    private let code: CURLcode
    private let words: String
    private let errorNumber: Int32
    /// The connection was there and the request could be sent.
    private let isConnected: Bool

    init(_ code: CURLcode, handle: UnsafeMutableRawPointer, words: String) {
        self.code = code
        self.words = words.isEmpty ? String(cString: curl_easy_strerror(code)) : words
        errorNumber = Int32(truncatingIfNeeded: pit_os_error(handle))
        isConnected = pit_info_off(handle, CURLINFO_PRETRANSFER_TIME_T) > 0
    }

    func failure(of plan: TransferPlan) -> TransferFailure {
        switch code {
        case CURLE_COULDNT_CONNECT: return TransferFailure(fault: connecting(plan), isWorthRepeating: true)
        case CURLE_OPERATION_TIMEDOUT:
            let seconds = isConnected ? plan.allowance : min(plan.connectTimeout, plan.allowance)
            return TransferFailure(fault: .timedOut(after: seconds), isWorthRepeating: !isConnected)
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR: return broken()
        case CURLE_GOT_NOTHING:
            return TransferFailure(fault: .malformed("it hung up without an answer"), isWorthRepeating: true)
        default: return TransferFailure(fault: other(plan))
        }
    }

    private func connecting(_ plan: TransferPlan) -> ConnectorFault {
        if let path = plan.shape.unixSocket {
            switch errorNumber {
            case ECONNREFUSED: return .refused(path)
            case ENOENT: return .unreachable("there is no socket at \(path)")
            case EACCES: return .unreachable("no right to open the socket \(path)")
            default: return .unreachable("\(path): \(words)")
            }
        }
        if errorNumber == ECONNREFUSED || words.contains("refused") { return .refused(tried(plan)) }
        return .unreachable(errorNumber == 0 ? words : "\(tried(plan)): \(String(cString: strerror(errorNumber)))")
    }

    /// Where it tried to connect: the proxy, when libcurl's words name another place than the url.
    private func tried(_ plan: TransferPlan) -> String {
        let parts = words.split(separator: " ")
        guard words.hasPrefix("Failed to connect to "), parts.count > 6, parts[5] == "port" || parts[5] == "Port"
        else { return plan.place }
        let named = "\(parts[4]):\(parts[6])"
        return named == plan.place || plan.connectTo != nil ? plan.place : "the proxy \(named)"
    }

    /// The connection broke after it was made. TLS says no in this way when it does so late (TLS 1.3).
    private func broken() -> TransferFailure {
        if words.contains("alert") || words.contains("certificate") { return TransferFailure(fault: .tls(words)) }
        if words.contains("CONNECT tunnel") || words.lowercased().contains("proxy") {
            return TransferFailure(fault: .unreachable("the proxy: \(words)"))
        }
        return TransferFailure(fault: .malformed("the connection broke off: \(words)"), isWorthRepeating: true)
    }

    private func other(_ plan: TransferPlan) -> ConnectorFault {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return .dns(host: Address(plan.url)?.host ?? plan.place)
        case CURLE_COULDNT_RESOLVE_PROXY: return .unreachable("the proxy: \(words)")
        case CURLE_FILESIZE_EXCEEDED: return .tooLarge(limit: plan.maxBytes)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED, CURLE_SSL_INVALIDCERTSTATUS:
            return .tls(words)
        case CURLE_UNSUPPORTED_PROTOCOL where words.contains("HTTP/0.9"):
            return .malformed("it does not speak HTTP")
        case CURLE_PARTIAL_FILE: return .malformed("the reply broke off: \(words)")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            return .malformed(words)
        case CURLE_OUT_OF_MEMORY where isConnected:
            // So libcurl calls a header line that is longer than it cares to keep.
            return .malformed("a header is too long")
        case CURLE_ABORTED_BY_CALLBACK: return .cancelled
        default: return .unreachable(words)
        }
    }
}
