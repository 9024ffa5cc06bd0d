import CCurl
import PitModel

/// What one exchange on the wire is made of. Complete: the engine adds nothing.
struct TransferPlan: Sendable {
    var url: String
    var method: String
    var headers: [String]
    var body: [UInt8]
    var user: String?
    var password: String?
    /// Seconds.
    var timeout: Double
    var maxBytes: Int
    var userAgent: String
    var ca: String?
    var certificate: String?
    var key: String?
    var serverName: String?
    var isInsecure: Bool
    var proxy: Endpoint.Proxy
    var unixSocket: String?
    /// Transfers with the same word share the limit of a host.
    var host: String
    var maxConcurrent: Int
    /// Takes the body piece by piece; nil keeps it.
    var onBytes: (@Sendable ([UInt8]) -> Bool)?
}

/// One exchange while it runs. Lives on the engine's thread alone.
final class Transfer {
    let id: UInt64
    let plan: TransferPlan
    let finish: @Sendable (Result<HTTPReply, ConnectorFault>) -> Void
    var handle: UnsafeMutableRawPointer?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var connectTo: UnsafeMutablePointer<curl_slist>?
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var body: [UInt8] = []
    private var received = 0
    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var isTooLarge = false
    private var isStopped = false

    init(id: UInt64, plan: TransferPlan, finish: @escaping @Sendable (Result<HTTPReply, ConnectorFault>) -> Void) {
        (self.id, self.plan, self.finish) = (id, plan, finish)
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_slist_free_all(headerList)
        curl_slist_free_all(connectTo)
        errorText.deallocate()
    }

    func takeBody(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        received += bytes.count
        guard received <= plan.maxBytes else {
            isTooLarge = true
            return false
        }
        guard let onBytes = plan.onBytes else {
            body.append(contentsOf: bytes)
            return true
        }
        if onBytes(Array(bytes)) { return true }
        isStopped = true
        return false
    }

    func takeHeader(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= 256 << 10 else {
            isTooLarge = true
            return false
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers = []
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            let end = value.lastIndex { !$0.isWhitespace }
            headers.append((line[..<colon].lowercased(), end.map { String(value[...$0]) } ?? ""))
        }
        return true
    }

    /// Writes the plan into an easy handle that was reset.
    func prepare(_ handle: UnsafeMutableRawPointer) {
        self.handle = handle
        let context = Unmanaged.passUnretained(self).toOpaque()
        pit_set_text(handle, CURLOPT_URL, plan.url)
        pit_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        pit_set_long(handle, CURLOPT_NOSIGNAL, 1)
        pit_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        pit_set_long(handle, CURLOPT_TIMEOUT_MS, max(1, Int(plan.timeout * 1000)))
        pit_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(min(plan.timeout, 10) * 1000)))
        pit_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        pit_set_text(handle, CURLOPT_ACCEPT_ENCODING, "")
        pit_set_text(handle, CURLOPT_USERAGENT, plan.userAgent)
        pit_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        pit_set_pointer(handle, CURLOPT_PRIVATE, context)
        pit_set_receive(handle, CURLOPT_WRITEFUNCTION, receiveBody)
        pit_set_pointer(handle, CURLOPT_WRITEDATA, context)
        pit_set_receive(handle, CURLOPT_HEADERFUNCTION, receiveHeader)
        pit_set_pointer(handle, CURLOPT_HEADERDATA, context)
        prepareRequest(handle)
        prepareSecurity(handle)
        prepareRoute(handle)
    }

    private func prepareRequest(_ handle: UnsafeMutableRawPointer) {
        if plan.method == "GET" {
            pit_set_long(handle, CURLOPT_HTTPGET, 1)
        } else {
            pit_set_text(handle, CURLOPT_CUSTOMREQUEST, plan.method)
            if !plan.body.isEmpty || plan.method == "POST" {
                pit_set_off(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(plan.body.count))
                plan.body.withUnsafeBytes { bytes in
                    _ = pit_set_pointer(
                        handle, CURLOPT_COPYPOSTFIELDS,
                        UnsafeMutableRawPointer(mutating: bytes.baseAddress ?? UnsafeRawPointer(errorText)))
                }
            }
        }
        for header in plan.headers { headerList = curl_slist_append(headerList, header) }
        headerList = curl_slist_append(headerList, "Expect:")
        pit_set_list(handle, CURLOPT_HTTPHEADER, headerList)
        if let user = plan.user {
            pit_set_long(handle, CURLOPT_HTTPAUTH, 1)
            pit_set_text(handle, CURLOPT_USERNAME, user)
            pit_set_text(handle, CURLOPT_PASSWORD, plan.password ?? "")
        }
    }

    private func prepareSecurity(_ handle: UnsafeMutableRawPointer) {
        pit_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        if let ca = plan.ca { pit_set_text(handle, CURLOPT_CAINFO, ca) }
        if let certificate = plan.certificate { pit_set_text(handle, CURLOPT_SSLCERT, certificate) }
        if let key = plan.key { pit_set_text(handle, CURLOPT_SSLKEY, key) }
        pit_set_long(handle, CURLOPT_SSL_VERIFYPEER, plan.isInsecure ? 0 : 1)
        pit_set_long(handle, CURLOPT_SSL_VERIFYHOST, plan.isInsecure ? 0 : 2)
    }

    private func prepareRoute(_ handle: UnsafeMutableRawPointer) {
        switch plan.proxy {
        case .none: pit_set_text(handle, CURLOPT_PROXY, "")
        case .environment: break
        case .url(let url): pit_set_text(handle, CURLOPT_PROXY, url)
        }
        if let socket = plan.unixSocket { pit_set_text(handle, CURLOPT_UNIX_SOCKET_PATH, socket) }
        if let name = plan.serverName, let address = Address(plan.url), address.host != name {
            // The name asked for in the handshake is the url's host; the connection goes to where the url said.
            connectTo = curl_slist_append(nil, "\(name):\(address.port):\(address.host):\(address.port)")
            pit_set_list(handle, CURLOPT_CONNECT_TO, connectTo)
            let parts = plan.url.split(separator: "://", maxSplits: 1)
            let rest = parts.count == 2 ? parts[1].drop { $0 != "/" && $0 != "?" } : ""
            pit_set_text(handle, CURLOPT_URL, "\(address.scheme)://\(name):\(address.port)\(rest)")
        }
    }

    /// Turns libcurl's word into a reply or a fault.
    func complete(_ code: CURLcode) {
        guard let handle else { return finish(.failure(.cancelled)) }
        guard code == CURLE_OK || isStopped else { return finish(.failure(fault(code))) }
        let total = Double(pit_info_off(handle, CURLINFO_TOTAL_TIME_T)) / 1e6
        finish(
            .success(
                HTTPReply(
                    status: pit_info_long(handle, CURLINFO_RESPONSE_CODE), headers: headers, body: body,
                    firstByte: Double(pit_info_off(handle, CURLINFO_STARTTRANSFER_TIME_T)) / 1e6, total: total,
                    wireBytes: Int(pit_info_off(handle, CURLINFO_SIZE_DOWNLOAD_T)), path: plan.url)))
    }

    private func fault(_ code: CURLcode) -> ConnectorFault {
        if isTooLarge { return .tooLarge(limit: plan.maxBytes) }
        let words = String(cString: errorText)
        let detail = words.isEmpty ? String(cString: curl_easy_strerror(code)) : words
        let address = Address(plan.url)
        switch code {
        case CURLE_COULDNT_CONNECT:
            let place = plan.unixSocket ?? address.map { "\($0.host):\($0.port)" } ?? "the server"
            return detail.lowercased().contains("refused") || detail.lowercased().contains("failed to connect")
                || detail.lowercased().contains("couldn't connect") ? .refused(place) : .unreachable(detail)
        case CURLE_COULDNT_RESOLVE_HOST: return .dns(host: address?.host ?? "")
        case CURLE_COULDNT_RESOLVE_PROXY: return .dns(host: "of the proxy")
        case CURLE_OPERATION_TIMEDOUT: return .timedOut(after: plan.timeout)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED:
            return .tls(detail)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_PARTIAL_FILE, CURLE_BAD_CONTENT_ENCODING,
            CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_GOT_NOTHING, CURLE_RECV_ERROR:
            return .malformed(detail)
        case CURLE_ABORTED_BY_CALLBACK: return .cancelled
        default: return .unreachable(detail)
        }
    }
}

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    receive(bytes, count * size, context) { $0.takeBody($1) }
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    receive(bytes, count * size, context) { $0.takeHeader($1) }
}

/// Gives the bytes to their transfer; a number other than `length` makes libcurl abort.
private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ length: Int, _ context: UnsafeMutableRawPointer?,
    _ take: (Transfer, UnsafeBufferPointer<UInt8>) -> Bool
) -> Int {
    guard let bytes, let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let isTaken = bytes.withMemoryRebound(to: UInt8.self, capacity: length) {
        take(transfer, UnsafeBufferPointer(start: $0, count: length))
    }
    return isTaken ? length : length == 0 ? 1 : 0
}
