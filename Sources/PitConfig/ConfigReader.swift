public import PitModel
import Yams

/// Reads a configuration file's text. Every issue is found, not only the first.
public struct ConfigReader: Sendable {
    /// The kinds of connection there are, with their options.
    public var kinds: [ConnectorInfo]
    /// The ids of the shipped profiles.
    public var profiles: [String]

    /// The kinds of connection that exchanges are read from.
    public var sources: [String]
    /// What can be taken out of texts.
    public var redactions: [String]
    /// The detectors there are.
    public var detectors: [String] = []

    /// The rules that pitwall comes with.
    public var builtInRules: [Rule] = []
    /// Kinds of connections that judgements can be kept at.
    public var keepers: [String] = []
    /// What policies can require, and what is wrong with one's options beyond their kinds; nil when nothing is.
    public var requirements: [RequirementInfo] = []
    public var checkRequirement: @Sendable (RequirementSpec) -> String? = { _ in nil }
    /// Says what is wrong with a rule's expression; nil when nothing is.
    public var checkExpression: @Sendable (String) -> ExpressionFault? = { _ in nil }

    public init(
        kinds: [ConnectorInfo], profiles: [String], sources: [String] = [], redactions: [String] = []
    ) {
        (self.kinds, self.profiles) = (kinds, profiles)
        (self.sources, self.redactions) = (sources, redactions)
    }

    public struct Outcome: Sendable {
        /// Nil when an issue that is not a warning was found.
        public var config: Config?
        public var issues: [ConfigIssue]
        public init(config: Config?, issues: [ConfigIssue]) { (self.config, self.issues) = (config, issues) }
    }

    public func read(_ text: String, file: String) -> Outcome {
        let issues = IssueList(file: file)
        var config = Config()
        switch compose(text, issues) {
        case .some(let node):
            if let root = Fields(node, what: "the file", issues: issues) { config = readRoot(root, issues) }
        case .none:
            if issues.issues.isEmpty {
                issues.add(
                    "the file is empty", hint: "Start with: pitwall init, or pitwall init --print for an example.",
                    at: nil)
            }
        }
        let all = issues.issues.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        return Outcome(config: all.contains { !$0.isWarning } ? nil : config, issues: all)
    }

    func compose(_ text: String, _ issues: IssueList) -> Node? {
        guard text.utf8.count <= 4 << 20 else {
            issues.add("the file is larger than 4 MiB", hint: "This does not look like a configuration.", at: nil)
            return nil
        }
        do {
            // Words are read as what is asked for: Yams' own guesses at types cost a regular expression each.
            return try Yams.compose(yaml: text, .basic)
        } catch let error as YamlError {
            report(error, issues)
        } catch {
            issues.add("the file cannot be read: \(error)", hint: "It must be YAML 1.1.", at: nil)
        }
        return nil
    }

    private func report(_ error: YamlError, _ issues: IssueList) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            issues.add(
                "not valid YAML: \(problem)", hint: "Check the indentation, quotes and colons here and just above.",
                at: mark)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { String($0.description.prefix(40)) }.joined(separator: ", ")
            issues.add("a key stands twice in one mapping: \(names)", hint: "Keep one of them.", at: context.mark)
        case .reader(let problem, let offset, _, _):
            issues.add(
                "not readable text: \(problem)" + (offset.map { " at byte \($0)" } ?? ""),
                hint: "Save the file as UTF-8.", at: nil)
        default:
            issues.add("not valid YAML: \(error)", hint: "Check the indentation, quotes and colons.", at: nil)
        }
    }

    private func readRoot(_ root: Fields, _ issues: IssueList) -> Config {
        var config = Config()
        config.profiles = root.list("profiles").compactMap { readProfile($0, issues) }
        config.connections = root.list("connections").compactMap {
            readConnection($0, issues, profiles: config.profiles)
        }
        refuseTwins(
            config.connections.map(\.connection.name.description), of: root.list("connections"), noun: "connections",
            issues)
        if let prompts = root.fields("prompts") { readPrompts(prompts, &config, issues) }
        if let interactions = root.fields("interactions") {
            config.interactions = readInteractions(interactions, issues)
        }
        if let detectors = root.fields("detectors") { config.detectors = readDetectors(detectors, config, issues) }
        config.models = root.list("models").compactMap { readModel($0, &config, issues) }
        refuseTwins(config.models.map(\.name.description), of: root.list("models"), noun: "models", issues)
        nameOwners(&config)
        if !root.has("models") { config.models = impliedModels(config.connections) }
        if let console = root.fields("console") { config.console = readConsole(console) }
        if let store = root.fields("store") {
            config.store.maxBytes = store.bytes("max_size") ?? config.store.maxBytes
            config.store.maxAge = store.seconds("max_age", atLeast: 60) ?? config.store.maxAge
            store.finish()
        }
        if let drift = root.fields("drift") { config.drift = readDrift(drift, config, issues) }
        config.rules.rules = builtInRules
        if let rules = root.fields("rules") { config.rules = readRules(rules, config, issues) }
        if let alerts = root.fields("alerts") { config.alerts = readAlerts(alerts) }
        config.receivers = readReceivers(root.list("receivers"), config, issues)
        if let deployments = root.fields("deployments") {
            config.deployments = readDeployments(deployments, issues)
        }
        if let labeling = root.fields("labeling") { config.labeling = readLabeling(labeling, config, issues) }
        if let knowledge = root.fields("knowledge") { config.knowledge = readKnowledge(knowledge, config, issues) }
        if let governance = root.fields("governance") { config.governance = readGovernance(governance, issues) }
        if let share = root.fields("share") {
            config.share = share.required("path", example: "~/team/pitwall")
            share.finish()
        }
        if let golden = root.fields("golden") { config.golden = readGolden(golden, config, issues) }
        config.training = readTraining(root.list("training"), config, issues)
        if let keys = root.fields("keys") {
            for name in keys.names { config.keys[name] = keys.words(name) ?? [] }
        }
        root.finish()
        return config
    }

    /// `prompts: {path: DIR}` is a connection of that kind and name.
    private func readPrompts(_ fields: Fields, _ config: inout Config, _ issues: IssueList) {
        let path = fields.required("path", example: "/srv/prompts")
        fields.finish()
        guard let path else { return }
        guard !config.connections.contains(where: { $0.connection.name.description == "prompts" }) else {
            issues.add(
                "a connection is called `prompts`, as the folder under `prompts` is", hint: "Rename the connection.",
                at: fields.mark)
            return
        }
        let connection = Connection(name: ConnectionName("prompts"), kind: "prompts", url: path, interval: 60)
        config.connections.append(ConnectionConfig(connection: connection, url: path))
    }

    /// Without a `models` section every place that serves is a model of its own name.
    private func impliedModels(_ connections: [ConnectionConfig]) -> [ModelConfig] {
        connections.compactMap { each in
            let name = each.connection.name
            switch each.connection.kind {
            case "metrics":
                let profile = each.connection.options["profile"]?.text
                return ModelConfig(name: ModelName(name.description), metrics: [MetricsBinding(name, profile: profile)])
            case "openai": return ModelConfig(name: ModelName(name.description), endpoints: [name])
            default: return nil
            }
        }
    }

    func refuseTwins(_ names: [String], of nodes: [Node], noun: String, _ issues: IssueList) {
        var seen: [String: Node] = [:]
        for node in nodes {
            guard let name = node.mapping?["name"]?.string else { continue }
            if let first = seen[name] {
                issues.add(
                    "two \(noun) are called `\(name)`",
                    hint: "The first is at line \(first.mark?.line ?? 0). Give each a name of its own.",
                    at: node.mapping?["name"]?.mark ?? node.mark)
            }
            seen[name] = seen[name] ?? node
        }
    }

    private func readDrift(_ fields: Fields, _ config: Config, _ issues: IssueList) -> DriftSettings {
        var drift = DriftSettings()
        drift.isOn = fields.flag("enabled") ?? drift.isOn
        drift.window = fields.seconds("window", atLeast: 10) ?? drift.window
        drift.interval = fields.seconds("interval", atLeast: 1) ?? drift.interval
        drift.limit = fields.number("limit") ?? drift.limit
        if let words = fields.text("reference") {
            if let reference = DriftReference(words: words, seconds: Units.seconds) {
                drift.reference = reference
            } else if let node = fields.node("reference") {
                fields.wrong("reference", node, wanted: DriftReference.usage)
            }
        }
        if let inner = fields.fields("embeddings") {
            let name = inner.required("connection", example: "my-server")
            let model = inner.required("model", example: "bge-m3")
            inner.finish()
            if let name, let model {
                checkConnection(name, kinds: ["openai"], config, at: inner.mark, issues)
                drift.embeddings = EmbeddingSource(ConnectionName(name), model: model)
            }
        }
        fields.finish()
        return drift
    }

    private func readAttention(_ fields: Fields) -> Attention {
        var attention = Attention(filter: readFilter(fields, Config(), fields.issues))
        for word in fields.words("by") ?? [] {
            guard let way = Attention.Way(rawValue: word) else {
                let all = Attention.Way.allCases.map(\.rawValue)
                fields.issues.add(
                    "`\(word)` is no way to call for attention", hint: "There are: \(all.joined(separator: ", ")).",
                    at: fields.mark(of: "by"))
                continue
            }
            attention.ways.insert(way)
        }
        if attention.ways.isEmpty {
            fields.issues.add(
                "`notify` says no way", hint: "Write `by: [title, desktop]`; `bell` makes a sound.", at: fields.mark,
                isWarning: true)
        }
        fields.finish()
        return attention
    }

    private func readConsole(_ fields: Fields) -> ConsoleConfig {
        var console = ConsoleConfig()
        console.theme = fields.text("theme") ?? console.theme
        console.color = fields.choice("color", ConsoleConfig.Color.self) ?? console.color
        console.glyphs = fields.choice("glyphs", ConsoleConfig.Glyphs.self) ?? console.glyphs
        console.time = fields.choice("time", ConsoleConfig.Time.self) ?? console.time
        console.mouse = fields.flag("mouse") ?? console.mouse
        console.isReadOnly = fields.flag("read_only") ?? console.isReadOnly
        console.author = fields.text("author")
        if let attention = fields.fields("notify") { console.attention = readAttention(attention) }
        fields.finish()
        return console
    }
}
