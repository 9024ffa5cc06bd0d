import PitModel

/// A connection's url, taken apart once.
struct Route: Sendable {
    let address: Address
    let path: String
    let query: String?
    let user: String?
    let password: String?

    init?(_ url: String) {
        guard let address = Address(url) else { return nil }
        self.address = address
        path = Address.part(.path, of: url) ?? "/"
        query = Address.part(.query, of: url)
        user = Address.part(.user, of: url)
        password = Address.part(.password, of: url)
    }

    /// Without user, password, query and fragment.
    var shown: String { address.origin + (path == "/" ? "" : path) }

    /// The request's path goes under the connection's own; so does its query. `origin` stands in for the url's own.
    func url(of request: HTTPRequest, origin: String? = nil) -> String {
        var path = path
        var items = query.map { [$0] } ?? []
        if !request.path.isEmpty {
            let parts = request.path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let tail = parts[0].drop { $0 == "/" }
            path = (path.hasSuffix("/") ? path : path + "/") + PercentEncoding.clean(String(tail))
            if parts.count > 1, !parts[1].isEmpty { items.append(PercentEncoding.clean(String(parts[1]))) }
        }
        if !request.query.isEmpty { items.append(PercentEncoding.query(request.query)) }
        return (origin ?? address.origin) + path + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }
}
