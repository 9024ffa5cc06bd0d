import ArgumentParser
import PitEngine
import PitHTTP
import PitModel
import PitStore

struct AckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Acknowledge alerts, or take that back.")

    @OptionGroup var which: AlertChoice
    @Option(help: "A note beside it.") var note: String?
    @Flag(help: "Take the acknowledgement back.") var undo = false

    func run() throws {
        let words = undo ? "no longer acknowledged" : "acknowledged"
        let (kind, note) = (undo ? Act.Kind.unacknowledge : .acknowledge, note)
        try which.record(words) { alert, act in
            [act(kind, alert, "")] + (note.map { [act(.note, alert, $0)] } ?? [])
        }
    }
}

struct ClaimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim", abstract: "Say that you work on alerts, hand them over, or let them go.")

    @OptionGroup var which: AlertChoice
    @Option(help: "Who has it from now on, where that is not you.") var to: String?
    @Flag(help: "Nobody has it any more.") var undo = false

    func run() throws {
        if undo, to != nil { throw Stop(.usage, "--undo and --to do not go together") }
        let (kind, name) = (undo ? Act.Kind.unclaim : .claim, to ?? "")
        let words = undo ? "let go" : name.isEmpty ? "claimed" : "handed over to \(name)"
        try which.record(words) { alert, act in [act(kind, alert, name)] }
    }
}

struct NoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Write a note on alerts: pitwall note HighTTFT --text 'known, see #812'")

    @OptionGroup var which: AlertChoice
    @Option(help: "The note; others read it.") var text: String

    func run() throws {
        guard text.contains(where: { !$0.isWhitespace }) else { throw Stop(.usage, "--text is empty") }
        let text = text
        try which.record("noted") { alert, act in [act(.note, alert, text)] }
    }
}

/// Which alerts a command is for.
struct AlertChoice: ParsableArguments {
    @OptionGroup var config: ConfigOption
    @Argument(help: "Alerts by fingerprint (pitwall get alerts), or by name where only one has it.") var alerts:
        [String]
    @Flag(help: "A name stands for all alerts that have it.") var all = false

    typealias Make = @Sendable (Alert, (Act.Kind, Alert, String) -> Act) -> [Act]

    /// Finds the alerts, keeps what `make` says of each, and says so; all of it is kept, or nothing.
    func record(_ words: String, _ make: @escaping Make) throws {
        let (_, made) = try config.load(Places())
        let stack = made.stack
        defer { stack.http.shutdown() }
        try stack.requireWritable()
        let engine = stack.engine()
        let (author, names, all) = (stack.settings.author, alerts, all)
        let hits = try Blocking.run { () async throws -> [Alert] in
            _ = await engine.prepare()
            let hits = try Self.find(names, all: all, in: await engine.pollOnce())
            let now = Stack.clock.now()
            let acts = hits.flatMap { alert in
                make(alert) { Act(at: now, author: author, kind: $0, subject: $1.fingerprint, text: $2) }
            }
            if let fault = await engine.record(acts) { throw Stop(fault) }
            // Where nobody polls, nobody else would show it to others.
            if await engine.shareAcknowledgements() { _ = await engine.pollOnce() }
            return hits
        }
        for hit in hits { Terminal.say("\(words): \(hit.name) \(hit.fingerprint)") }
    }

    private static func find(_ names: [String], all: Bool, in snapshot: Snapshot) throws -> [Alert] {
        var found: [Alert] = []
        for wanted in names {
            let hits = snapshot.alerts.map(\.alert).filter { $0.fingerprint == wanted || $0.name == wanted }
            guard !hits.isEmpty else {
                throw Stop(.usage, "no alert `\(wanted)`", hint: "See them: pitwall get alerts")
            }
            guard hits.count == 1 || all else {
                throw Stop(
                    .usage, "\(hits.count) alerts are called `\(wanted)`",
                    hint: "Give one's fingerprint (pitwall get alerts), or --all.")
            }
            found += hits.filter { hit in !found.contains { $0.fingerprint == hit.fingerprint } }
        }
        return found
    }
}
