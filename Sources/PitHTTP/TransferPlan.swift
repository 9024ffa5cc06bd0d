import PitModel

/// What one exchange on the wire is made of. Complete: the engine adds nothing.
struct TransferPlan: Sendable {
    var shape: TransferShape
    /// The engine's number for the shape.
    var shapeID: Int
    var url: String
    var method: HTTPRequest.Method
    /// Whole header lines.
    var headers: [String]
    var body: [UInt8]
    var deadline: ContinuousClock.Instant
    /// Seconds that the caller gave for all of it: a time-out tells this number.
    var allowance: Double
    /// Seconds.
    var connectTimeout: Double
    var maxBytes: Int
    /// `host:port`. Transfers with the same one share the limit of a host.
    var place: String
    var maxConcurrent: Int
    /// libcurl's `CURLOPT_CONNECT_TO`: where to connect when the url names the certificate's host.
    var connectTo: String?
    /// The body of a redirect is dropped, because it is not the reply.
    var dropsRedirects: Bool
    /// Takes the body piece by piece; nil keeps it.
    var onBytes: (@Sendable ([UInt8]) -> Bool)?
}
