/// What all requests of a connection have in common: an easy handle that was prepared for it serves the next
/// request of the same shape without being prepared again. Holds no secret of a request; a client's key, where it is in
/// no file, prints as stars.
struct TransferShape: Hashable, Sendable {
    var userAgent: String
    var ca: String?
    var certificate: String?
    var key: String?
    var caText: String?
    var certificateText: String?
    var keyText: Secret?
    var isInsecure = false
    var isHTTP2 = true
    var proxy: Endpoint.Proxy
    var unixSocket: String?

    /// The shape for another host, which a redirect leads to: nothing of what is meant for this one.
    var elsewhere: TransferShape { TransferShape(userAgent: userAgent, proxy: proxy) }
}
