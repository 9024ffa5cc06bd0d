/// Where a connection's requests go, and how.
public struct Endpoint: Sendable {
    /// The way through a proxy.
    public enum Proxy: Hashable, Sendable {
        case none
        /// From `http_proxy`, `https_proxy`, `all_proxy`.
        case environment
        /// A proxy's own url: `http://`, `https://` or `socks5h://`; it may hold a user and a password.
        case url(String)
    }

    /// May hold a user and a password: they become basic credentials and are never shown.
    public var url: String
    public var credential: Credential
    /// Sent with every request to this host: tenants and the like.
    public var headers: [(name: String, value: String)]
    /// Headers whose value is a secret.
    public var secretHeaders: [(name: String, value: SecretSource)]
    /// A PEM file with the authorities to trust in place of the system's.
    public var ca: String?
    /// A PEM file with the client's certificate, and one with its key.
    public var certificate: String?
    public var key: String?
    /// The same three as PEM text, where they are in no file: they go before the files.
    public var caText: String?
    public var certificateText: String?
    public var keyText: Secret?
    /// The name the server's certificate must have, when that is not the url's host.
    public var serverName: String?
    /// Takes any certificate.
    public var isInsecure: Bool
    /// Offers HTTP/2 over TLS.
    public var isHTTP2: Bool
    /// Either kind of proxy is passed by for the hosts in `no_proxy`.
    public var proxy: Proxy
    /// The path of a Unix socket to connect to in place of the url's host.
    public var unixSocket: String?
    /// Seconds for a whole exchange, repeats included.
    public var timeout: Double
    /// Seconds for the connection and the TLS handshake.
    public var connectTimeout: Double
    /// Bytes of reply at most, after decompression.
    public var maxBytes: Int
    /// Requests at one time to this host.
    public var maxConcurrent: Int

    public init(
        url: String, credential: Credential = .none, headers: [(name: String, value: String)] = [],
        secretHeaders: [(name: String, value: SecretSource)] = [], ca: String? = nil, certificate: String? = nil,
        key: String? = nil, serverName: String? = nil, isInsecure: Bool = false, isHTTP2: Bool = true,
        proxy: Proxy = .environment, unixSocket: String? = nil, timeout: Double = 10, connectTimeout: Double = 5,
        maxBytes: Int = 32 << 20, maxConcurrent: Int = 6
    ) {
        (self.url, self.credential, self.headers, self.secretHeaders) = (url, credential, headers, secretHeaders)
        (self.ca, self.certificate, self.key, self.serverName) = (ca, certificate, key, serverName)
        (self.isInsecure, self.isHTTP2, self.proxy, self.unixSocket) = (isInsecure, isHTTP2, proxy, unixSocket)
        (self.timeout, self.connectTimeout) = (timeout, connectTimeout)
        (self.maxBytes, self.maxConcurrent) = (maxBytes, maxConcurrent)
    }
}
