import ArgumentParser
import PitEngine
import PitHTTP
import PitModel
import PitStore

struct FindingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "findings", abstract: "Findings: say whether they are right.",
        discussion: """
            They are listed by `pitwall get findings -o wide`; how right each detector is by these words, by \
            `pitwall get detectors`.
            """,
        subcommands: [Label.self])

    enum Word: String, ExpressibleByArgument, CaseIterable { case right = "true", wrong = "false", none }

    struct Label: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that findings of an exchange are true, or false, or take that back (none).")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The exchange's id (pitwall get findings -o wide).") var id: String
        @Argument(help: "true, false or none.") var word: Word
        @Option(help: "Only these findings of it: injection, pii/email.") var finding: String?
        @Option(help: "The connection that it came from, where several have the id.") var connection: String?

        func run() throws {
            let (_, made) = try config.load(Places())
            let stack = made.stack
            defer { stack.http.shutdown() }
            try stack.requireWritable()
            let label = FindingLabel(
                at: Stack.clock.now(), author: stack.settings.author,
                isTrue: word == .none ? nil : word == .right)
            let found: [(FindingKey, Finding)]
            do throws(StoreFault) {
                found = try find(stack.store)
                for (key, _) in found { try stack.store.record(label, of: key) }
            } catch { throw Stop(error) }
            guard !found.isEmpty else {
                throw Stop(.usage, "no finding of `\(id)` fits", hint: "See them: pitwall get findings -o wide")
            }
            for (_, finding) in found {
                Terminal.say("\(finding.detector)/\(finding.kind) in the \(finding.side.rawValue): \(word.rawValue)")
            }
        }

        private func find(_ store: Store) throws(StoreFault) -> [(FindingKey, Finding)] {
            let exchanges = try store.interactions(
                InteractionQuery(connection: connection.map(ConnectionName.init), ids: [id]))
            return exchanges.flatMap { kept in
                kept.findings.map(\.finding).filter { found in
                    found.kind != Finding.notChecked
                        && (finding.map { $0 == found.detector || $0 == "\(found.detector)/\(found.kind)" } ?? true)
                }.map { (FindingKey($0, in: kept.interaction), $0) }
            }
        }
    }
}
