import ArgumentParser
import PitEngine
import PitHTTP
import PitModel
import PitStore

struct AckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Acknowledge an alert, or take that back.")

    @OptionGroup var config: ConfigOption
    @Argument(help: "The alert's fingerprint (pitwall get alerts), or its name when only one has it.") var alert: String
    @Option(help: "A note beside it.") var note: String?
    @Flag(help: "Take the acknowledgement back.") var undo = false

    func run() throws {
        let (_, made) = try config.load(Places())
        let stack = made.stack
        defer { stack.http.shutdown() }
        if stack.settings.isReadOnly { throw Stop(.usage, "the configuration says read_only: true") }
        let engine = stack.engine()
        let (wanted, note, undo, author) = (alert, note, undo, stack.settings.author)
        let words = try Blocking.run { () async throws -> String in
            _ = await engine.prepare()
            let snapshot = await engine.pollOnce()
            let hits = snapshot.alerts.filter { $0.id == wanted || $0.alert.name == wanted }
            guard let hit = hits.first else {
                throw Stop(.usage, "no alert `\(wanted)`", hint: "See them: pitwall get alerts")
            }
            guard hits.count == 1 else {
                throw Stop(
                    .usage, "\(hits.count) alerts are called `\(wanted)`",
                    hint: "Give one's fingerprint: pitwall get alerts")
            }
            let now = Stack.clock.now()
            if let fault = await engine.record(
                Act(at: now, author: author, kind: undo ? .unacknowledge : .acknowledge, subject: hit.id))
            {
                throw Stop(.couldNotRun, fault.summary, hint: fault.hint)
            }
            if let note,
                let fault = await engine.record(Act(at: now, author: author, kind: .note, subject: hit.id, text: note))
            {
                throw Stop(.couldNotRun, fault.summary, hint: fault.hint)
            }
            return "\(undo ? "no longer acknowledged" : "acknowledged"): \(hit.alert.name) \(hit.id)"
        }
        Terminal.say(words)
    }
}
