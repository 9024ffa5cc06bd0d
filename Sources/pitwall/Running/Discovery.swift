import PitConfig
import PitConnect
import PitEngine
import PitHTTP
import PitModel

/// Looks for servers on this machine: the usual ports of every kind, and what the environment names.
struct Discovery: Sendable {
    struct Found: Sendable {
        var kind: String
        var url: String
        var identity: Identity
        var models: [String]
        var what: String { "\(identity.product)\(identity.version.map { " \($0)" } ?? "") (\(kind))" }
    }

    let environment: [String: String]

    func run() async -> [Found] {
        let ports = Set(connectorCatalog.flatMap { $0.about.usualPorts }).sorted()
        var urls = ports.map { "http://127.0.0.1:\($0)" }
        urls += ["PROMETHEUS_URL", "ALERTMANAGER_URL", "OPENAI_BASE_URL"].compactMap { environment[$0] }
        let http = Stack.makeHTTP()
        defer { http.shutdown() }
        return await withTaskGroup(of: (Int, [Found]).self) { group in
            for (index, url) in urls.enumerated() { group.addTask { (index, await Self.look(url, http)) } }
            var all: [(Int, [Found])] = []
            for await each in group { all.append(each) }
            return all.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    func look(at url: String) async -> [Found] {
        let http = Stack.makeHTTP()
        defer { http.shutdown() }
        return await Self.look(url, http)
    }

    /// Every kind that recognises itself at the url.
    private static func look(_ url: String, _ http: CurlEngine) async -> [Found] {
        var found: [Found] = []
        for type in connectorCatalog {
            let connection = Connection(name: ConnectionName("probe"), kind: type.about.id, url: url, timeout: 1.5)
            let wire = CurlHTTP(
                engine: http, endpoint: Endpoint(url: url, proxy: .none, timeout: 1.5), version: Version.current)
            let connector = type.init(connection, http: wire)
            guard let identity = try? await connector.probe() else { continue }
            // Every Go program has a metrics page; only a model server's is worth a model.
            if type.about.id == "metrics", identity.product == "metrics page" { continue }
            let models = (try? await (connector as? any ModelListing)?.listModels())?.map(\.id) ?? []
            found.append(Found(kind: type.about.id, url: url, identity: identity, models: models))
        }
        return found
    }

    /// A configuration for what was found: every model server is a model.
    static func yaml(_ found: [Found], environment: [String: String]) -> String {
        var names: [String] = []
        for each in found {
            let port = each.url.split(separator: ":").last.map { $0.prefix { $0.isNumber } } ?? ""
            var name = each.kind == "metrics" || each.kind == "openai" ? "\(each.kind)-\(port)" : each.kind
            if names.contains(name) { name += "-\(names.count)" }
            names.append(name)
        }
        var text = "# Written by pitwall init. Everything that can be said here: pitwall init --print\nconnections:\n"
        for (name, each) in zip(names, found) {
            text += "  - {name: \(name), kind: \(each.kind), url: '\(each.url)'}\n"
        }
        var models = ""
        for (name, each) in zip(names, found) where each.kind == "metrics" {
            let twin = zip(names, found).first { $0.1.kind == "openai" && $0.1.url == each.url }
            let title = twin?.1.models.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? name
            models += "  - name: \(JSONText.quote(title))\n    metrics: \(name)\n"
            if let twin { models += "    endpoints: [\(twin.0)]\n" }
            models += "    alerts: {model: \(JSONText.quote(title))}\n    slo: {ttft_p95: 1s, errors: 1%}\n"
        }
        text += models.isEmpty ? "# models: none found; say where their metrics are\n" : "models:\n\(models)"
        for (variable, note) in [("KUBECONFIG", "a Kubernetes cluster"), ("MLFLOW_TRACKING_URI", "an MLflow server")]
        where environment[variable] != nil {
            text += "# \(variable) names \(note): this version has no connection of that kind yet\n"
        }
        return text
    }
}
