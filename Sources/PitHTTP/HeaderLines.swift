import PitModel

/// The header lines of a connection's requests.
struct HeaderLines: Sendable {
    /// A header whose value is made of a secret.
    private struct SecretLine: Sendable {
        var source: SecretSource
        /// The secret becomes the value.
        var name: String
        var value: @Sendable (Secret) -> String
    }

    private let plain: [(name: String, value: String)]
    private let secret: [SecretLine]

    /// `host` is sent as `Host` when the url that libcurl gets names another.
    init(_ endpoint: Endpoint, route: Route?, host: String?) {
        var secret: [SecretLine] = []
        switch endpoint.credential {
        case .none:
            if let user = route?.user {
                let password = Secret(route?.password ?? "")
                secret.append(Self.basic(user, .fixed(password)))
            }
        case .bearer(let source):
            secret.append(SecretLine(source: source, name: "Authorization") { "Bearer \($0.value)" })
        case .basic(let user, let source): secret.append(Self.basic(user, source))
        case .header(let name, let source): secret.append(SecretLine(source: source, name: name) { $0.value })
        }
        secret += endpoint.secretHeaders.map { header in
            SecretLine(source: header.value, name: header.name) { $0.value }
        }
        self.secret = secret
        plain = endpoint.headers + (host.map { [(name: "Host", value: $0)] } ?? [])
    }

    private static func basic(_ user: String, _ source: SecretSource) -> SecretLine {
        SecretLine(source: source, name: "Authorization") { "Basic " + Base64.encode("\(user):\($0.value)") }
    }

    /// What must not come back: the secrets themselves, and what is sent in their place.
    func echoes(of secrets: [Secret]) -> EchoFilter {
        guard !secrets.isEmpty else { return EchoFilter([]) }
        return EchoFilter(
            zip(secret, secrets).flatMap { line, secret in
                [secret.value, String(line.value(secret).split(separator: " ", maxSplits: 1).last ?? "")]
            })
    }

    func secrets(until deadline: ContinuousClock.Instant) async throws(ConnectorFault) -> [Secret] {
        var secrets: [Secret] = []
        for line in secret { secrets.append(try await line.source.current(until: deadline)) }
        return secrets
    }

    /// Other secrets than those that were refused, or nil when there are none.
    func secrets(
        after refused: [Secret], until deadline: ContinuousClock.Instant
    ) async throws(ConnectorFault) -> [Secret]? {
        var secrets: [Secret] = []
        for (line, old) in zip(secret, refused) {
            secrets.append(try await line.source.renewed(after: old, until: deadline))
        }
        return zip(secrets, refused).contains { $0.value != $1.value } ? secrets : nil
    }

    /// All lines of one request. The request's own headers stand in for the connection's; secrets stand in for both.
    func lines(of request: HTTPRequest, secrets: [Secret]) throws(ConnectorFault) -> [String] {
        var lines = ["Expect:"]
        if self.secret.isEmpty, plain.isEmpty, request.headers.count == 1 {
            // A scrape's one header.
            lines.append(try Self.line(request.headers[0].name, request.headers[0].value))
            return lines
        }
        var taken = Set<String>()
        func add(_ name: String, _ value: String) throws(ConnectorFault) {
            guard taken.insert(name.lowercased()).inserted else { return }
            lines.append(try Self.line(name, value))
        }
        for (line, secret) in zip(secret, secrets) { try add(line.name, line.value(secret)) }
        let fixed = taken
        for header in request.headers where !fixed.contains(header.name.lowercased()) {
            taken.insert(header.name.lowercased())
            lines.append(try Self.line(header.name, header.value))
        }
        // One of the connection's own may stand there several times: groups that are impersonated.
        for header in plain where !taken.contains(header.name.lowercased()) {
            lines.append(try Self.line(header.name, header.value))
        }
        return lines
    }

    /// Libcurl's way to write it: an empty value is said by a semicolon.
    private static func line(_ name: String, _ value: String) throws(ConnectorFault) -> String {
        let isName = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A && $0 != 0x3B }
        let isValue = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        guard isName, isValue else { throw .rejected("the header \(isName ? name : "") cannot be sent as it is") }
        return value.utf8.allSatisfy { $0 == 0x20 } ? "\(name);" : "\(name): \(value)"
    }
}
