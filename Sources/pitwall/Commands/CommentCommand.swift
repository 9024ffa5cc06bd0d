import ArgumentParser
import PitEngine
import PitHTTP
import PitModel
import PitStore

struct CommentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "comment",
        abstract: "Write a comment on a model, an evaluation's run, a queue or an item; list them without --text.",
        discussion: """
            SUBJECT is model/NAME, run/ID, queue/NAME or label/ITEM. Notes on alerts: pitwall note. A comment on a model \
            stands on its change line, too.
            """)
    @OptionGroup var config: ConfigOption
    @Argument(help: "model/NAME, run/ID, queue/NAME or label/ITEM; all without it.") var subject: String?
    @Option(help: "The comment; others read it.") var text: String?
    @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

    func run() throws {
        let (_, made) = try config.load(Places())
        let stack = made.stack
        defer { stack.http.shutdown() }
        do {
            let about = try subject.map { try Self.subject($0, stack) }
            guard let text else {
                let acts = try stack.store.acts(subject: about?.description).filter {
                    $0.kind == .note && CommentSubject($0.subject) != nil
                }
                return Terminal.put(Self.report(acts).render(output))
            }
            guard let about else {
                throw Stop(.usage, "what is the comment on?", hint: "pitwall comment model/NAME --text ...")
            }
            guard text.contains(where: { !$0.isWhitespace }) else { throw Stop(.usage, "--text is empty") }
            try stack.requireWritable()
            let act = Act(
                at: Stack.clock.now(), author: stack.settings.author, kind: .note, subject: about.description,
                text: text)
            let engine = stack.engine()
            let fault = try Blocking.run { () async -> StoreFault? in
                _ = await engine.prepare()
                return await engine.record(act)
            }
            if let fault { throw fault }
            Terminal.say("commented: \(Terminal.safe(about.description))")
        } catch let fault as StoreFault { throw Stop(fault) }
    }

    private static func subject(_ words: String, _ stack: Stack) throws -> CommentSubject {
        guard let subject = CommentSubject(words) else {
            throw Stop(
                .usage, "`\(words)` is nothing to comment on", hint: "model/NAME, run/ID, queue/NAME or label/ITEM")
        }
        let isThere: Bool
        switch subject {
        case .model(let name): isThere = stack.settings.models.contains { $0.name == name }
        case .run(let id): isThere = try stack.store.evaluationRun(id) != nil
        case .queue(let name): isThere = try stack.store.queues(for: stack.settings.author).contains { $0.id == name }
        case .label(let item): isThere = try stack.store.judgedItem(item) != nil
        }
        guard isThere else {
            throw Stop(
                .usage, "there is no \(words)", hint: "Look with: pitwall get models; eval list; get queues; get labels"
            )
        }
        return subject
    }

    private static func report(_ acts: [Act]) -> Report {
        Report(
            columns: [
                .init(key: "at", title: "AT"), .init(key: "author", title: "BY"), .init(key: "subject", title: "ON"),
                .init(key: "text", title: "COMMENT"),
            ],
            rows: acts.reversed().map { [.time($0.at), .text($0.author), .text($0.subject), .text($0.text)] },
            emptyText: "nobody has commented; write one: pitwall comment model/NAME --text ...")
    }
}
