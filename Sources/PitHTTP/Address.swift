import CCurl

/// The scheme, host and port of a url, as libcurl reads them. Two urls of one address share credentials.
struct Address: Equatable, Sendable {
    enum Part {
        case scheme, host, port, user, password, path, query

        fileprivate var number: Int32 {
            switch self {
            case .scheme: Int32(PIT_URL_SCHEME)
            case .host: Int32(PIT_URL_HOST)
            case .port: Int32(PIT_URL_PORT)
            case .user: Int32(PIT_URL_USER)
            case .password: Int32(PIT_URL_PASSWORD)
            case .path: Int32(PIT_URL_PATH)
            case .query: Int32(PIT_URL_QUERY)
            }
        }
    }

    var scheme: String
    /// An IPv6 address keeps its brackets.
    var host: String
    var port: String

    /// Nil when the url is none, or is not for HTTP.
    init?(_ url: String) {
        guard let scheme = Self.part(.scheme, of: url)?.lowercased(), let host = Self.part(.host, of: url),
            ["http", "https"].contains(scheme), !host.isEmpty
        else { return nil }
        (self.scheme, self.host, port) = (scheme, host.lowercased(), Self.part(.port, of: url) ?? "")
    }

    var isUsualPort: Bool { port.isEmpty || port == (scheme == "https" ? "443" : "80") }

    /// `host:port`.
    var place: String { "\(host):\(port)" }

    /// `scheme://host:port`, without the port that the scheme implies.
    var origin: String { "\(scheme)://\(host)\(isUsualPort ? "" : ":\(port)")" }

    static func part(_ part: Part, of url: String) -> String? {
        guard let found = pit_url_part(url, part.number) else { return nil }
        defer { curl_free(found) }
        return String(cString: found)
    }

    /// The url that `location` means when it is found at `base`.
    static func join(_ base: String, _ location: String) -> String? {
        guard let found = pit_url_join(base, location) else { return nil }
        defer { curl_free(found) }
        return String(cString: found)
    }
}
