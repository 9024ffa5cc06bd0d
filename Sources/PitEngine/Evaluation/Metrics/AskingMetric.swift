public import PitModel

/// A metric that needs somebody else's word on each answer: a judge's, a detector's.
public protocol AskingMetric: EvaluationMetric {
    /// What the word adds to the sums; nil where it is none of those that were asked for.
    func counts(reply: String, _ one: EvaluationCase) -> [Double]?
    /// Asks for the word.
    func ask(_ asked: AskedForWord, _ answer: String, _ one: EvaluationCase) async throws(ConnectorFault) -> String
}

extension AskingMetric {
    /// Nothing is known of an answer alone.
    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? { nil }
}

/// Who is asked for a word on answers.
public enum AskedForWord: Sendable {
    case judge(any Answering, address: String, model: String)
    case detector(any TextGuarding)
}

/// The share of answers that a judge calls good, or its mean rating, under a rubric.
public struct JudgeMetric: AskingMetric {
    public static let about = MetricInfo(
        id: "judge", title: "LLM judge",
        summary: "what a model judges under a rubric: the share called good, or the mean rating",
        options: [
            OptionInfo("judge", .text, help: "one of `labeling: {judges: [...]}`", example: "critic"),
            OptionInfo("rubric", .text, help: "under which it judges; thumbs without it", example: "quality"),
            OptionInfo("floor", .number, help: "below this kappa with people it gates nothing; 0.4", example: "0.6"),
            OptionInfo(
                "least", .number, help: "with fewer items that people judged it gates nothing; 30", example: "50"),
            OptionInfo("reference", .flag, help: "the judge is shown the first reference", example: "true"),
            OptionInfo("contexts", .flag, help: "the judge is shown the passages", example: "true"),
        ], required: ["judge"])

    private let (showsReference, showsContexts): (Bool, Bool)
    private var rubric: Rubric?
    private var question: JudgeQuestion?

    public init(_ options: [String: OptionValue]) throws(MetricFault) {
        let floor = options["floor"]?.number ?? 0.4
        guard (-1...1).contains(floor) else { throw MetricFault("floor takes -1 to 1: a kappa") }
        guard (options["least"]?.number ?? 30) >= 0 else { throw MetricFault("least takes 0 or more") }
        (showsReference, showsContexts) = (options["reference"]?.flag ?? false, options["contexts"]?.flag ?? false)
    }

    /// Under a suite's rubric.
    func under(_ rubric: Rubric) throws(MetricFault) -> Self {
        guard let question = JudgeQuestion(rubric) else {
            throw MetricFault("the rubric `\(rubric.name)` asks nothing that one word answers")
        }
        var own = self
        (own.rubric, own.question) = (rubric, question)
        return own
    }

    public func counts(reply: String, _ one: EvaluationCase) -> [Double]? {
        guard let rubric, let question, let value = question.value(reply) else { return nil }
        if case .number(let number) = value { return [number, 1] }
        return rubric.isGood([question.question.id: value]).map { [$0 ? 1 : 0, 1] }
    }

    public func ask(
        _ asked: AskedForWord, _ answer: String, _ one: EvaluationCase
    ) async throws(ConnectorFault) -> String {
        guard case .judge(let server, _, let model) = asked, let question else {
            throw .rejected("no judge is there to be asked")
        }
        return try await server.answer(
            ChatQuestion(model: model, messages: question.messages(shown(answer, one)), settings: Self.settings)
        ).text
    }

    /// What a judge thinks before its word, too.
    static let settings = GenerationSettings(temperature: 0, maxTokens: 2000)

    private func shown(_ answer: String, _ one: EvaluationCase) -> JudgedTarget {
        var messages = one.messages.map { Interaction.Message($0.role, $0.content) }
        if showsContexts {
            messages += one.contexts.enumerated().map { Interaction.Message("passage \($0.offset + 1)", $0.element) }
        }
        if showsReference, let reference = one.references.first {
            messages.append(Interaction.Message("a right answer", reference))
        }
        return JudgedTarget(
            connection: ConnectionName("evaluation"), interaction: one.id, model: nil, release: nil,
            at: Timestamp(milliseconds: 0), textHash: "", messages: messages, answers: [answer])
    }
}

/// The share of answers in which a configured detector finds something of a kind.
public struct DetectorMetric: AskingMetric {
    public static let about = MetricInfo(
        id: "toxicity", title: "toxicity",
        summary: "answers in which a guard or a detector's service finds something; 0...1, less is better",
        options: [
            OptionInfo("detector", .text, help: "a connection that checks texts", example: "my-guard"),
            OptionInfo("kinds", .list, help: "only findings of these kinds; all without it", example: "[toxicity]"),
        ], isHigherBetter: false, required: ["detector"])

    private let kinds: [String]

    public init(_ options: [String: OptionValue]) throws(MetricFault) { kinds = options["kinds"]?.list ?? [] }

    public func counts(reply: String, _ one: EvaluationCase) -> [Double]? {
        let found = reply.split(separator: "\n").map(String.init)
        return [found.contains { kinds.isEmpty || kinds.contains($0) } ? 1 : 0, 1]
    }

    public func ask(
        _ asked: AskedForWord, _ answer: String, _ one: EvaluationCase
    ) async throws(ConnectorFault) -> String {
        guard case .detector(let guarding) = asked else { throw .rejected("no detector is there to be asked") }
        let exchange = Interaction(
            id: one.id, connection: ConnectionName("evaluation"), at: Timestamp(milliseconds: 0),
            messages: one.messages.map { Interaction.Message($0.role, $0.content) }, response: answer)
        let found = try await guarding.check(exchange).filter { $0.side == .response }
        return Set(found.map(\.kind)).sorted().joined(separator: "\n")
    }
}
