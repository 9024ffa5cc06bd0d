import CCurl

/// Where a connection's requests go, and how.
public struct Endpoint: Sendable {
    public enum Proxy: Sendable, Equatable {
        case none
        /// From `http_proxy`, `https_proxy`, `no_proxy`.
        case environment
        case url(String)
    }

    /// May hold a user and a password: they become basic credentials and are never shown.
    public var url: String
    public var credential: Credential
    /// Sent with every request to this host: tenants and the like.
    public var headers: [(name: String, value: String)]
    /// Headers whose value is a secret.
    public var secretHeaders: [(name: String, value: SecretSource)]
    public var ca: String?
    public var certificate: String?
    public var key: String?
    /// The name the server's certificate must have, when that is not the url's host.
    public var serverName: String?
    public var isInsecure: Bool
    public var proxy: Proxy
    public var unixSocket: String?
    /// Seconds for a whole exchange.
    public var timeout: Double
    /// Bytes of reply at most, after decompression.
    public var maxBytes: Int
    /// Requests at one time to this host.
    public var maxConcurrent: Int

    public init(
        url: String, credential: Credential = .none, headers: [(name: String, value: String)] = [],
        secretHeaders: [(name: String, value: SecretSource)] = [], ca: String? = nil, certificate: String? = nil,
        key: String? = nil, serverName: String? = nil, isInsecure: Bool = false, proxy: Proxy = .environment,
        unixSocket: String? = nil, timeout: Double = 10, maxBytes: Int = 64 << 20, maxConcurrent: Int = 6
    ) {
        (self.url, self.credential, self.headers, self.secretHeaders) = (url, credential, headers, secretHeaders)
        (self.ca, self.certificate, self.key, self.serverName) = (ca, certificate, key, serverName)
        (self.isInsecure, self.proxy, self.unixSocket) = (isInsecure, proxy, unixSocket)
        (self.timeout, self.maxBytes, self.maxConcurrent) = (timeout, maxBytes, maxConcurrent)
    }
}

/// The parts of an address, as libcurl reads them.
struct Address: Equatable {
    var scheme: String
    var host: String
    var port: String

    init?(_ url: String) {
        guard let scheme = Self.part(url, PIT_URL_SCHEME), let host = Self.part(url, PIT_URL_HOST) else { return nil }
        self.scheme = scheme.lowercased()
        self.host = host.lowercased()
        port = Self.part(url, PIT_URL_PORT) ?? ""
    }

    static func part<I: BinaryInteger>(_ url: String, _ part: I) -> String? {
        guard let found = pit_url_part(url, Int32(part)) else { return nil }
        defer { curl_free(found) }
        return String(cString: found)
    }

    static func join(_ base: String, _ location: String) -> String? {
        guard let found = pit_url_join(base, location) else { return nil }
        defer { curl_free(found) }
        return String(cString: found)
    }

    /// The url without user, password, query and fragment.
    static func shown(_ url: String) -> String {
        guard let address = Address(url) else { return "(not a url)" }
        let usual = address.scheme == "https" ? "443" : "80"
        let port = address.port.isEmpty || address.port == usual ? "" : ":\(address.port)"
        let path = part(url, PIT_URL_PATH) ?? ""
        return "\(address.scheme)://\(address.host)\(port)\(path == "/" ? "" : path)"
    }
}

/// Percent-encoding of what stands in a query: all but RFC 3986's unreserved characters.
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }

    static func query(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }
}
