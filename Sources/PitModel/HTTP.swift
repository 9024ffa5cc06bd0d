/// A request as connectors write it. The address, credentials and TLS belong to the connection, not to it.
public struct HTTPRequest: Sendable, Equatable {
    public enum Method: String, Sendable {
        case get = "GET", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE"
    }

    public var method: Method
    /// Relative to the connection's url: `/api/v1/query`. Empty means the url as it was configured.
    public var path: String
    /// Percent-encoded by the transport.
    public var query: [(name: String, value: String)]
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// Seconds for the whole exchange; nil takes the connection's.
    public var timeout: Double?
    /// Bytes of reply at most, after decompression; nil takes the connection's.
    public var maxBytes: Int?
    /// Whether sending it twice does no more than sending it once: only then is it ever repeated.
    public var isRepeatable: Bool

    public init(
        _ method: Method = .get, _ path: String = "", query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = [], timeout: Double? = nil,
        maxBytes: Int? = nil, isRepeatable: Bool? = nil
    ) {
        (self.method, self.path, self.query, self.headers) = (method, path, query, headers)
        (self.body, self.timeout, self.maxBytes) = (body, timeout, maxBytes)
        self.isRepeatable = isRepeatable ?? (method == .get || method == .put || method == .delete)
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.method == b.method && a.path == b.path && a.body == b.body && a.timeout == b.timeout
            && a.maxBytes == b.maxBytes && a.isRepeatable == b.isRepeatable
            && a.query.elementsEqual(b.query, by: ==) && a.headers.elementsEqual(b.headers, by: ==)
    }
}

/// What came back. Any status is a reply; `success()` turns the bad ones into faults.
public struct HTTPReply: Sendable {
    public var status: Int
    /// Names in lower case.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// Seconds from sending to the first byte of the body.
    public var firstByte: Double
    /// Seconds for the whole exchange.
    public var total: Double
    /// Bytes on the wire, before decompression.
    public var wireBytes: Int
    public var path: String
    /// Gives back what a large body takes of the room that all have in common, when the last copy of the reply is gone.
    public var room: (any AnyObject & Sendable)?

    public init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], firstByte: Double = 0,
        total: Double = 0, wireBytes: Int = 0, path: String = ""
    ) {
        (self.status, self.headers, self.body, self.firstByte) = (status, headers, body, firstByte)
        (self.total, self.wireBytes, self.path) = (total, wireBytes, path)
    }

    public func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }

    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The reply itself when its status is 2xx; otherwise the fault that its status means.
    public func success() throws(ConnectorFault) -> HTTPReply {
        switch status {
        case 200..<300: return self
        case 401: throw .unauthorized
        case 403: throw .forbidden(excerpt)
        case 404: throw .notFound(path: path)
        case 429: throw .rateLimited(retryAfter: header("retry-after").flatMap(Double.init))
        case 500...: throw .server(status: status, excerpt: excerpt)
        default: throw .status(status, excerpt: excerpt)
        }
    }

    /// The first line of the body, at most 120 characters; not sanitized.
    public var excerpt: String {
        let line = body.prefix(400).split(separator: 10, maxSplits: 1).first ?? []
        return String(String(decoding: line, as: UTF8.self).prefix(120))
    }
}

/// The wire, as connectors see it: one value per connection, which knows its address and its credentials.
public protocol HTTP: Sendable {
    /// The connection's url without user, password or query.
    var address: String { get }

    /// Sends and reads the whole reply.
    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply

    /// Sends and hands over the body piece by piece as it comes, until `onBytes` returns false.
    /// The reply's body is empty. Never repeated.
    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply
}
