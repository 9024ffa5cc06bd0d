import ArgumentParser
import Foundation
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitParse

struct SilenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence", abstract: "Silence alerts in Alertmanager, and end silences.",
        subcommands: [Add.self, Expire.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Silence what matches: pitwall silence add alertname=HighTTFT --for 2h --reason 'known'")
        @OptionGroup var config: ConfigOption
        @Argument(help: "Matchers: name=value, name!=value, name=~regex, name!~regex.") var matchers: [String]
        @Option(name: .customLong("for"), help: "How long: 15m, 2h, 1d.") var duration: String
        @Option(help: "Why; others read it.") var reason: String
        @Option(help: "Which Alertmanager, when there are several.") var connection: String?

        func run() throws {
            guard let seconds = Figures.seconds(from: duration) else {
                throw Stop(.usage, "--for wants a time such as 15m, 2h or 1d")
            }
            var parsed: [Matcher] = []
            for text in matchers {
                do { parsed += try SelectorText.parse(text) } catch { throw Stop(.usage, "\(text): \(error.summary)") }
            }
            guard !parsed.isEmpty, !parsed.contains(where: { $0.name == "__name__" }) else {
                throw Stop(
                    .usage, "matchers are written name=value",
                    hint: "For example: alertname=HighTTFT model=support-chat")
            }
            try Operate(config: config, connection: connection).run { name, author, now in
                let draft = SilenceDraft(
                    matchers: parsed, startsAt: now, endsAt: now.advanced(by: seconds), createdBy: author,
                    comment: reason)
                return (
                    .createSilence(draft), reason, .silenced(connection: name, matchers: parsed, until: draft.endsAt)
                )
            }
        }
    }

    struct Expire: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a silence now.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The silence's id (pitwall get silences).") var id: String
        @Option(help: "Which Alertmanager, when there are several.") var connection: String?

        func run() throws {
            try Operate(config: config, connection: connection).run { name, _, _ in
                (.expireSilence(id: id), "expired by hand", .silenceExpired(connection: name, id: id))
            }
        }
    }
}

/// Carries one operation out and waits until its effect was seen.
struct Operate {
    let config: ConfigOption
    let connection: String?

    func run(_ make: (ConnectionName, String, Timestamp) -> (OperationRequest, String, Expectation)) throws {
        let (_, made) = try config.load(Places())
        let stack = made.stack
        defer { stack.http.shutdown() }
        let able = stack.settings.servers.filter { $0.connector is any Operating }.map(\.connection.name)
        guard let name = connection.map({ ConnectionName($0) }) ?? able.first, able.contains(name) else {
            throw Stop(
                .usage, connection.map { "`\($0)` is no Alertmanager" } ?? "no Alertmanager is configured",
                hint: "Add a connection of kind alertmanager.")
        }
        if connection == nil, able.count > 1 {
            throw Stop(
                .usage, "there are several Alertmanagers",
                hint: "Choose one with --connection: \(able.map(\.description).joined(separator: ", "))")
        }
        let now = Stack.clock.now()
        let (request, reason, expectation) = make(name, stack.settings.author, now)
        let operation = PitModel.Operation(
            id: UUID().uuidString.lowercased(), connection: name, request: request, author: stack.settings.author,
            reason: reason, at: now,
            expecting: expectation)
        let engine = stack.engine()
        let entry = try Blocking.run { () async -> JournalEntry in
            _ = await engine.prepare()
            var entry = await engine.perform(operation)
            for _ in 0..<20 where entry.stage == .acknowledged || entry.stage == .sent {
                _ = await engine.pollOnce([name])
                entry = await engine.current().operations.last { $0.operation.id == operation.id } ?? entry
                if entry.stage == .acknowledged || entry.stage == .sent {
                    try? await Task.sleep(for: .milliseconds(500))
                }
            }
            return entry
        }
        switch entry.stage {
        case .verified: Terminal.say(entry.detail)
        case .refused: throw Stop(.couldNotRun, "refused: \(entry.detail)")
        default:
            throw Stop(
                .notWell, "\(entry.stage.rawValue): \(entry.detail)",
                hint: "See what Alertmanager has: pitwall get silences")
        }
    }
}
