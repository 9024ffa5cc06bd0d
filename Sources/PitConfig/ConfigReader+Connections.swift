import PitModel
import Yams

extension ConfigReader {
    func readConnection(_ node: Node, _ issues: IssueList, profiles own: [MetricProfile]) -> ConnectionConfig? {
        guard let fields = Fields(node, what: "a connection", issues: issues) else { return nil }
        let name = fields.required("name", example: "prometheus")
        let kind = readKind(fields, issues)
        let cluster = kind?.isCluster == true && !fields.has("url") ? readCluster(fields, issues) : nil
        let url =
            cluster.map { "kubeconfig: \($0.words)" }
            ?? kind.map { readPlace($0, fields, issues) } ?? readURL(fields, issues)
        var connection = Connection(
            name: ConnectionName(name ?? ""), kind: kind?.id ?? "",
            url: kind?.isFile == true || cluster != nil ? url ?? "" : url.map(withoutSecrets) ?? "")
        connection.interval = fields.seconds("interval", atLeast: 1) ?? connection.interval
        connection.timeout = fields.seconds("timeout", atLeast: 0.1) ?? min(connection.timeout, connection.interval)
        if let info = kind { connection.options = readOptions(info, fields, issues, own) }
        var config = ConnectionConfig(connection: connection, url: url ?? "")
        config.cluster = cluster
        if cluster != nil, fields.has("auth") || fields.has("tls") || fields.has("proxy") {
            issues.add(
                "`\(name ?? "")` takes its credentials from a kubeconfig, and names some of its own",
                hint: "Name a `url`, or take auth, tls and proxy away.", at: fields.mark)
        }
        readTransport(fields, into: &config, issues)
        config.connection.allow = readAllowed(fields, issues)
        config.connection.allowsTraining = !fields.has("allow") || fields.words("allow")?.contains("train") == true
        if kind != nil { fields.finish() }
        return name == nil || kind == nil || url == nil ? nil : config
    }

    /// An address that is written under a key, with all that its transport needs.
    func readWire(_ fields: Fields, _ name: String, key: String, _ issues: IssueList) -> ConnectionConfig? {
        guard let url = readURL(fields, key: key, issues) else { return nil }
        var connection = Connection(name: ConnectionName(name), kind: key, url: withoutSecrets(url))
        connection.timeout = fields.seconds("timeout", atLeast: 0.1) ?? connection.timeout
        var config = ConnectionConfig(connection: connection, url: url)
        readTransport(fields, into: &config, issues)
        return config
    }

    private func readTransport(_ fields: Fields, into config: inout ConnectionConfig, _ issues: IssueList) {
        config.auth = readAuth(fields, issues)
        config.tls = readTLS(fields, issues)
        config.proxy = fields.text("proxy") ?? config.proxy
        config.unixSocket = fields.text("unix_socket")
        config.maxBytes = fields.bytes("max_bytes") ?? config.maxBytes
        if let headers = fields.fields("headers") {
            for header in headers.names {
                guard let node = headers.node(header) else { continue }
                config.headers[header] =
                    node.mapping == nil
                    ? .plain(headers.text(header) ?? "")
                    : readSecret(node, what: "`\(header)`", issues).map(HeaderValue.secret)
            }
        }
    }

    private func readKind(_ fields: Fields, _ issues: IssueList) -> ConnectorInfo? {
        let ids = kinds.map(\.id)
        guard let written = fields.required("kind", example: ids.first ?? "metrics") else { return nil }
        if let known = kinds.first(where: { $0.id == written }) { return known }
        let near = Nearest.word(to: written, among: ids).map { "Did you mean `\($0)`? " } ?? ""
        issues.add(
            "`\(written)` is not a kind of connection", hint: "\(near)Kinds: \(ids.joined(separator: ", ")).",
            at: fields.mark(of: "kind"))
        return nil
    }

    /// A cluster's place: `context`, `kubeconfig` (a file, or several that are merged), or `in_cluster`.
    private func readCluster(_ fields: Fields, _ issues: IssueList) -> ClusterPlace {
        let place = ClusterPlace(
            files: fields.words("kubeconfig") ?? [], context: fields.text("context"),
            isInCluster: fields.flag("in_cluster") ?? false)
        if place.isInCluster, place.context != nil || !place.files.isEmpty {
            issues.add(
                "`in_cluster` stands beside a kubeconfig", hint: "Keep one of them.", at: fields.mark(of: "in_cluster"))
        }
        return place
    }

    /// Where it is: a path, a url, or nowhere where an option says what to do.
    private func readPlace(_ kind: ConnectorInfo, _ fields: Fields, _ issues: IssueList) -> String? {
        if kind.isFile { return readPath(fields) }
        guard let other = kind.alternative, fields.has(other) else { return readURL(fields, issues) }
        if fields.node("url") != nil {
            issues.add(
                "`url` and `\(other)` say two places", hint: "Keep one of them.", at: fields.mark(of: "url"))
        }
        return ""
    }

    private func readPath(_ fields: Fields) -> String? {
        fields.required("path", example: "/var/log/llm/exchanges.jsonl")
    }

    private func readURL(_ fields: Fields, key: String = "url", _ issues: IssueList) -> String? {
        guard let url = fields.required(key, example: "http://127.0.0.1:9090") else { return nil }
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, ["http", "https"].contains(parts[0].lowercased()), !parts[1].isEmpty,
            !parts[1].hasPrefix("/"), !url.contains(where: { $0.isWhitespace })
        {
            return url
        }
        issues.add(
            "`\(url.prefix(80))` is not a url", hint: "It starts with http:// or https://, then host and port.",
            at: fields.mark(of: key))
        return nil
    }

    /// The url as it may be shown: no user, no password, no query.
    private func withoutSecrets(_ url: String) -> String {
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return url }
        let rest = parts[1].prefix { $0 != "?" && $0 != "#" }
        let authority = rest.prefix { $0 != "/" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        return "\(parts[0])://\(host)\(rest.dropFirst(authority.count))"
    }

    private func readOptions(
        _ info: ConnectorInfo, _ fields: Fields, _ issues: IssueList, _ own: [MetricProfile]
    ) -> [String: OptionValue] {
        let options = fields.options(info.options)
        if let profile = options["profile"]?.text {
            checkProfile(profile, own, at: fields.mark(of: "profile"), issues)
        }
        return options
    }

    func checkProfile(_ profile: String, _ own: [MetricProfile], at mark: Mark?, _ issues: IssueList) {
        let known = own.map(\.id) + profiles
        guard !known.contains(profile) else { return }
        let near = Nearest.word(to: profile, among: known).map { "Did you mean `\($0)`? " } ?? ""
        issues.add(
            "`\(profile)` is not a profile", hint: "\(near)Profiles: \(known.joined(separator: ", ")).", at: mark)
    }

    private func readAuth(_ fields: Fields, _ issues: IssueList) -> AuthConfig {
        guard let auth = fields.fields("auth") else { return .none }
        defer { auth.finish() }
        var found: [AuthConfig] = []
        if let node = auth.node("bearer"), let place = readSecret(node, what: "`bearer`", issues) {
            found.append(.bearer(place))
        }
        if let basic = auth.fields("basic") {
            let user = basic.required("user", example: "pitwall")
            let place = basic.node("password").flatMap { readSecret($0, what: "`password`", issues) }
            if !basic.has("password") {
                issues.add("`basic` has no `password`", hint: "Add `password: {env: NAME}`.", at: basic.mark)
            }
            basic.finish()
            if let user, let place { found.append(.basic(user: user, password: place)) }
        }
        if let header = auth.fields("header") {
            let name = header.required("name", example: "X-API-Key")
            let place = header.node("value").flatMap { readSecret($0, what: "`value`", issues) }
            header.finish()
            if let name, let place { found.append(.header(name: name, value: place)) }
        }
        if found.count > 1 {
            issues.add("`auth` says more than one way", hint: "Keep one of bearer, basic, header.", at: auth.mark)
        }
        return found.first ?? .none
    }

    /// A secret is only ever named here; one that is written out is refused without being repeated.
    func readSecret(_ node: Node, what: String, _ issues: IssueList) -> SecretPlace? {
        guard node.mapping != nil, let fields = Fields(node, what: what, issues: issues) else {
            issues.add(
                "\(what) holds a secret itself",
                hint: "Name where it is: {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}.", at: node.mark)
            return nil
        }
        defer { fields.finish() }
        if let name = fields.text("env") { return .environment(name) }
        if let path = fields.text("file") { return .file(path) }
        if let words = fields.words("command"), !words.isEmpty { return .command(words) }
        issues.add(
            "\(what) names no secret", hint: "Write {env: NAME}, {file: PATH} or {command: [PROGRAM]}.", at: node.mark)
        return nil
    }

    private func readTLS(_ fields: Fields, _ issues: IssueList) -> TLSConfig {
        guard let tls = fields.fields("tls") else { return TLSConfig() }
        var config = TLSConfig()
        config.ca = tls.text("ca")
        config.certificate = tls.text("certificate")
        config.key = tls.text("key")
        config.serverName = tls.text("server_name")
        config.isInsecure = tls.flag("insecure") ?? false
        tls.finish()
        if (config.certificate == nil) != (config.key == nil) {
            issues.add(
                "`tls` has only one of certificate and key", hint: "A client certificate needs both.", at: tls.mark)
        }
        if config.isInsecure {
            issues.add(
                "`insecure` accepts any certificate", hint: "Set `ca` to your authority's file.",
                at: tls.mark(of: "insecure"), isWarning: true)
        }
        return config
    }
}
