/// Everything that can go wrong between pitwall and a server. Each case can be shown as one line and one hint.
public enum ConnectorFault: Error, Equatable, Hashable, Codable, Sendable {
    /// Nothing listens there.
    case refused(String)
    /// The host's name has no address.
    case dns(host: String)
    /// The certificate or the handshake was not accepted.
    case tls(String)
    case unauthorized
    case forbidden(String)
    case notFound(path: String)
    /// 429, and how long the server asks to wait, in seconds.
    case rateLimited(retryAfter: Double?)
    /// 5xx, with the start of what the server said.
    case server(status: Int, excerpt: String)
    /// Another status that was not expected.
    case status(Int, excerpt: String)
    /// No answer within the time given, in seconds.
    case timedOut(after: Double)
    /// The reply is larger than allowed, in bytes.
    case tooLarge(limit: Int)
    /// It answers, but is not the kind of server the configuration says: what was expected, what was got.
    case notWhatItSays(expected: String, got: String)
    /// The reply broke off or cannot be read.
    case malformed(String)
    /// The server understood and said no: its own words.
    case rejected(String)
    /// The network failed in another way.
    case unreachable(String)
    /// The secret the configuration names could not be had.
    case secret(String)
    /// A file cannot be read: which, and why.
    case file(String)
    case cancelled
}

extension ConnectorFault {
    /// A stable word for scripts: `refused`, `dns`, `tls`, `unauthorized`, ...
    public var code: String {
        switch self {
        case .refused: "refused"
        case .dns: "dns"
        case .tls: "tls"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .notFound: "not_found"
        case .rateLimited: "rate_limited"
        case .server: "server_error"
        case .status: "status"
        case .timedOut: "timeout"
        case .tooLarge: "too_large"
        case .notWhatItSays: "wrong_kind"
        case .malformed: "malformed"
        case .rejected: "rejected"
        case .unreachable: "unreachable"
        case .secret: "secret"
        case .file: "file"
        case .cancelled: "cancelled"
        }
    }

    /// What happened, in one line.
    public var summary: String {
        switch self {
        case .refused(let address): "connection refused by \(address)"
        case .dns(let host): "no address for host \(host)"
        case .tls(let detail): "TLS failed: \(detail)"
        case .unauthorized: "401: the server wants credentials"
        case .forbidden(let detail): detail.isEmpty ? "403: not allowed" : "403: not allowed: \(detail)"
        case .notFound(let path): "404: nothing at \(path)"
        case .rateLimited(let after):
            after.map { "429: asked to slow down, retry after \(Int($0.rounded(.up))) s" } ?? "429: asked to slow down"
        case .server(let status, let excerpt): excerpt.isEmpty ? "\(status) from the server" : "\(status): \(excerpt)"
        case .status(let status, let excerpt): excerpt.isEmpty ? "unexpected status \(status)" : "\(status): \(excerpt)"
        case .timedOut(let seconds): "no answer within \(seconds.clean) s"
        case .tooLarge(let limit): "the reply is larger than \(limit.bytes)"
        case .notWhatItSays(let expected, let got): "expected \(expected), got \(got)"
        case .malformed(let detail): "the reply cannot be read: \(detail)"
        case .rejected(let words): "the server refused: \(words)"
        case .unreachable(let detail): detail
        case .secret(let detail): "secret not available: \(detail)"
        case .file(let words): words
        case .cancelled: "cancelled"
        }
    }

    /// What a person can do about it.
    public var hint: String {
        switch self {
        case .refused: "Is the server running, and is the port right?"
        case .dns: "Check the host in the url, and this machine's DNS."
        case .tls: "Check the url's scheme, and set tls.ca (or tls.server_name) for a private authority."
        case .unauthorized: "Set auth for this connection, or renew its token."
        case .forbidden: "Ask for the right to read this, or use another account in auth."
        case .notFound: "Check the url's path; the server may serve this under a prefix."
        case .rateLimited: "Raise this connection's interval."
        case .server: "Look at the server's own log."
        case .status: "Check that url and kind fit each other."
        case .timedOut: "Raise this connection's timeout, or look at the server's load."
        case .tooLarge: "Narrow what is asked for, or raise max_bytes for this connection."
        case .notWhatItSays: "Check that url and kind fit each other."
        case .malformed: "Read it with: pitwall metrics URL"
        case .rejected: "Correct what was asked for and try again."
        case .unreachable: "Check the network between here and the server."
        case .secret: "Check the environment variable, file or command that auth names."
        case .file: "Check the path, and that pitwall may read it."
        case .cancelled: "Try again."
        }
    }

    /// Whether it is wrong with one request alone: others to the same server may well be taken.
    public var isOfOneRequest: Bool {
        switch self {
        case .rejected, .tooLarge: true
        case .status(let status, _): [400, 409, 410, 413, 422].contains(status)
        default: false
        }
    }

    /// Whether the same request may succeed if it is sent again later.
    public var isTransient: Bool {
        switch self {
        case .refused, .dns, .rateLimited, .server, .timedOut, .unreachable, .malformed: true
        default: false
        }
    }
}

extension Double {
    /// The number without a trailing `.0`.
    fileprivate var clean: String {
        self == rounded() && abs(self) < 1e15 ? "\(Int64(self))" : "\(self)"
    }
}

extension Int {
    fileprivate var bytes: String {
        self >= 1 << 20 ? "\(self >> 20) MiB" : self >= 1 << 10 ? "\(self >> 10) KiB" : "\(self) bytes"
    }
}
