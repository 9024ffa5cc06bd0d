public import PitModel
import Yams

/// Where alerts of pitwall's own are sent on to, as configured.
public struct ReceiverConfig: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// A connection of kind alertmanager.
        case alertmanager(ConnectionName)
        case webhook(ConnectionConfig)
        /// A program and its arguments; it is given the alerts as JSON on its standard input.
        case command([String], timeout: Double)
    }
    public var name: String
    public var kind: Kind
    public var filter: AlertFilter
    public var tellsResolved: Bool

    public init(_ name: String, _ kind: Kind, filter: AlertFilter = AlertFilter(), tellsResolved: Bool = true) {
        (self.name, self.kind, self.filter, self.tellsResolved) = (name, kind, filter, tellsResolved)
    }
}

extension ConfigReader {
    func readAlerts(_ fields: Fields) -> AlertSettings {
        var settings = AlertSettings()
        settings.sharesAcknowledgements = fields.flag("share_acknowledgements") ?? settings.sharesAcknowledgements
        settings.forgottenAfter = fields.seconds("forgotten_after", atLeast: 60) ?? settings.forgottenAfter
        fields.finish()
        return settings
    }

    func readReceivers(_ nodes: [Node], _ config: Config, _ issues: IssueList) -> [ReceiverConfig] {
        var names: Set<String> = []
        return nodes.compactMap { node in
            guard let fields = Fields(node, what: "a receiver", issues: issues) else { return nil }
            let name = fields.required("name", example: "pager")
            if let name, !names.insert(name).inserted {
                issues.add(
                    "two receivers are called `\(name)`", hint: "Give each a name of its own.",
                    at: fields.mark(of: "name"))
            }
            let kind = readReceiverKind(fields, name ?? "", config, issues)
            let filter = readFilter(fields, config, issues)
            let tellsResolved = fields.flag("resolved") ?? true
            fields.finish()
            guard let name, let kind else { return nil }
            return ReceiverConfig(name, kind, filter: filter, tellsResolved: tellsResolved)
        }
    }

    private func readReceiverKind(_ fields: Fields, _ name: String, _ config: Config, _ issues: IssueList)
        -> ReceiverConfig.Kind?
    {
        let ways = ["alertmanager", "webhook", "command"].filter { fields.has($0) }
        guard ways.count == 1 else {
            issues.add(
                ways.isEmpty ? "a receiver says nowhere to send to" : "a receiver says more than one way to send",
                hint: "Keep one of alertmanager: CONNECTION, webhook: URL, command: [PROGRAM, ARGUMENT].",
                at: fields.mark)
            return nil
        }
        switch ways[0] {
        case "alertmanager":
            guard let connection = fields.text("alertmanager") else { return nil }
            checkConnection(
                connection, kinds: ["alertmanager"], config, at: fields.mark(of: "alertmanager"), issues)
            return .alertmanager(ConnectionName(connection))
        case "webhook": return readWire(fields, name, key: "webhook", issues).map(ReceiverConfig.Kind.webhook)
        default:
            let timeout = fields.seconds("timeout", atLeast: 0.1) ?? 10
            guard let words = fields.words("command"), let program = words.first, !program.isEmpty else {
                issues.add(
                    "`command` names no program", hint: "Write it as [PROGRAM, ARGUMENT].",
                    at: fields.mark(of: "command"))
                return nil
            }
            return .command(words, timeout: timeout)
        }
    }

    /// Which alerts are meant: by severity, rule and model.
    func readFilter(_ fields: Fields, _ config: Config, _ issues: IssueList) -> AlertFilter {
        var filter = AlertFilter()
        if let words = fields.words("severity") {
            filter.severities = []
            for word in words {
                let severity = Severity(label: word)
                if severity == .unknown, word != "unknown" {
                    let all = Severity.allCases.map(\.word)
                    issues.add(
                        "`\(word)` is not a severity", hint: "There are: \(all.joined(separator: ", ")).",
                        at: fields.mark(of: "severity"))
                }
                filter.severities?.insert(severity)
            }
        }
        filter.names = Set(fields.words("alerts") ?? [])
        filter.models = Set(fields.words("models") ?? [])
        return filter
    }
}
