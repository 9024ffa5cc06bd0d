import ArgumentParser
import PitEngine
import PitHTTP
import PitModel
import PitStore

struct AskCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable, Sendable { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Answer a question from your runbooks, through a served model, with what it cites.",
        discussion: """
            The folder and the model stand under `knowledge` in the configuration. Exits with 0 when every citation is \
            one of the passages, with 1 when nothing was found, the passages do not answer, or what is cited does not \
            stand there, and with 3 when the model did not answer: the passages are shown nevertheless.
            """)
    @OptionGroup var config: ConfigOption
    @Argument(help: "The question.") var question: String
    /// Passages that a model is given: some thousand tokens.
    static let usualPassages = 6

    @Option(help: "Passages that the model is given.") var passages = usualPassages
    @Flag(help: "Show the passages; ask no model.") var onlyPassages = false
    @Option(name: .shortAndLong, help: "text or json.") var output: Format = .text

    func validate() throws {
        if !(1...50).contains(passages) { throw ValidationError("--passages wants 1 to 50") }
        if !question.contains(where: { $0.isLetter || $0.isNumber }) { throw ValidationError("ask what?") }
        if question.utf8.count > 8000 { throw ValidationError("the question is longer than 8000 bytes") }
    }

    func run() throws {
        let (_, made) = try config.load(Places())
        defer { made.stack.http.shutdown() }
        let shelf = try KnowledgeShelf.open(made)
        let (question, limit, asks) = (question, passages, !onlyPassages)
        let page = try EvalCommand.told {
            try Blocking.run {
                await shelf.desk.answer(try await shelf.desk.passages(for: question, limit: limit, asks: asks))
            }
        }
        for note in page.notes { Terminal.complain("pitwall: \(note)") }
        switch output {
        case .json: Terminal.say(try KnowledgeReport.json(page))
        case .text: Terminal.say(KnowledgeReport.text(page, now: Stack.clock.now()))
        }
        try end(page)
    }

    private func end(_ page: KnowledgePage) throws {
        switch page.outcome {
        case .answered(let answer): if !answer.isBacked { throw ExitCode.notWell }
        case .nothing: throw ExitCode.notWell
        case .failed(let words, let hint): throw Stop(.couldNotRun, "no answer: \(words)", hint: hint)
        case .noModel, .asking:
            guard !onlyPassages else { return }
            throw Stop(
                .usage, "no model is named that answers",
                hint: "Add `answers: {connection: NAME, model: NAME}` under `knowledge`, or ask with --only-passages.")
        }
    }
}
