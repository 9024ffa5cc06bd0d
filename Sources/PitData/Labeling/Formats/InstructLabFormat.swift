import PitModel

/// InstructLab's taxonomy: `qna.yaml` of schema version 3, a skill or (where a document is named) knowledge, with
/// `attribution.txt` beside it. Both kinds have version 3 in the schema that InstructLab publishes.
public struct InstructLabFormat: LabelFormat {
    public static let about = LabelFormatInfo(
        id: "instructlab", summary: "InstructLab qna.yaml (version 3), a skill or knowledge, with attribution.txt",
        parts: [], isTable: false, tasks: ["text-generation"], tags: ["instructlab"])

    /// What the schema asks for.
    static let leastExamples = 5
    static let leastQuestions = 3
    /// What InstructLab's guidance asks for, in tokens; four make about three words.
    private static let mostContext = 500
    private static let mostQuestionAndAnswer = 250

    private struct Example: Hashable {
        var question: String
        var answer: String
    }

    private let options: LabelExportOptions
    /// In the order that their contexts came in; "" where there is none.
    private var contexts: [String] = []
    private var examples: [String: [Example]] = [:]
    private var seen: Set<[String]> = []

    public init(_ options: LabelExportOptions) throws(DataFault) {
        self.options = options
        guard !options.creator.isEmpty else {
            throw .refused("InstructLab wants to know who made the examples", hint: "Say so: --created-by NAME")
        }
        if let knowledge = options.knowledge {
            let texts = [knowledge.domain, knowledge.outline, knowledge.repository, knowledge.commit]
            guard !texts.contains(""), !knowledge.patterns.isEmpty, !knowledge.patterns.contains("") else {
                throw .refused(
                    "knowledge wants a document",
                    hint: "Say all of --domain, --outline, --document-repo, --document-commit, --document-pattern")
            }
        } else if options.task.isEmpty {
            throw .refused("a skill wants to know what the model is to do", hint: "Say so: --task 'Answer customers'")
        }
    }

    public mutating func add(_ item: SettledItem, to sink: LabelSink) throws(DataFault) {
        let prompt = item.prompt
        guard let question = prompt.last(where: { $0.role == "user" })?.text, !question.isEmpty else {
            return sink.leave(.noPrompt)
        }
        guard prompt.count(where: { $0.role == "user" }) == 1, prompt.last?.role != "assistant" else {
            return sink.leave(.severalTurns)
        }
        let context = context(of: prompt)
        if options.knowledge != nil, context.isEmpty { return sink.leave(.noContext) }
        for answer in item.goodAnswers(sink.leave) {
            guard Self.tokens(context) <= Self.mostContext,
                Self.tokens(question) + Self.tokens(answer) <= Self.mostQuestionAndAnswer
            else {
                sink.leave(.tooLong)
                continue
            }
            guard seen.insert([context, question, answer]).inserted else {
                sink.leave(.duplicate)
                continue
            }
            if examples[context] == nil { contexts.append(context) }
            examples[context, default: []].append(Example(question: question, answer: answer))
        }
    }

    /// What the answer was to be taken from: what tools gave; for knowledge, where there is none, what the system was told.
    private func context(of prompt: [Interaction.Message]) -> String {
        let told = prompt.filter { $0.role == "tool" }.map(\.text).joined(separator: "\n\n")
        guard told.isEmpty, options.knowledge != nil else { return told }
        return prompt.filter { $0.role == "system" || $0.role == "developer" }.map(\.text).joined(separator: "\n\n")
    }

    private static func tokens(_ text: String) -> Int {
        var words: [UInt64] = []
        TextDuplicates.words(of: text, &words)
        return words.count * 4 / 3
    }

    public mutating func finish(_ sink: LabelSink) throws(DataFault) {
        if options.knowledge != nil {
            for context in contexts {
                guard let few = examples[context]?.count, few < Self.leastQuestions else { continue }
                for _ in 0..<few { sink.leave(.fewQuestions) }
                examples[context] = nil
            }
            contexts.removeAll { examples[$0] == nil }
        }
        let count = options.knowledge == nil ? examples.values.reduce(0) { $0 + $1.count } : contexts.count
        guard count >= Self.leastExamples else {
            let why = sink.leftOut.lines.joined(separator: "; ")
            throw .refused(
                "InstructLab wants \(Self.leastExamples) examples at least, and there are \(count)",
                hint: why.isEmpty ? "Judge more." : "Left out are \(why).")
        }
        let folder = options.knowledge == nil ? "compositional_skills" : "knowledge"
        try sink.write("\(folder)/\(slug)/qna.yaml", document)
        try sink.write("\(folder)/\(slug)/attribution.txt", attribution)
    }

    private var slug: String {
        let plain = (options.queue ?? "judged").lowercased().utf8.map {
            $0 &- 0x61 < 26 || $0 &- 0x30 < 10 ? Character(Unicode.Scalar($0)) : "_"
        }
        return String(plain.prefix(60))
    }

    private var document: String {
        var lines = ["version: 3", "created_by: \(YAMLText.value(options.creator))"]
        if let knowledge = options.knowledge {
            lines.append("domain: \(YAMLText.value(knowledge.domain))")
            lines.append("document_outline: \(YAMLText.value(knowledge.outline))")
            lines.append("seed_examples:")
            for context in contexts {
                lines.append("  - context: \(YAMLText.value(context, indent: 6))")
                lines.append("    questions_and_answers:")
                for example in examples[context] ?? [] {
                    lines.append("      - question: \(YAMLText.value(example.question, indent: 10))")
                    lines.append("        answer: \(YAMLText.value(example.answer, indent: 10))")
                }
            }
            lines += ["document:", "  repo: \(YAMLText.value(knowledge.repository, indent: 4))"]
            lines += ["  commit: \(YAMLText.value(knowledge.commit, indent: 4))", "  patterns:"]
            for pattern in Set(knowledge.patterns).sorted() { lines.append("    - \(YAMLText.quoted(pattern))") }
        } else {
            lines.append("task_description: \(YAMLText.value(options.task))")
            lines.append("seed_examples:")
            for context in contexts {
                for example in examples[context] ?? [] {
                    lines.append("  - question: \(YAMLText.value(example.question, indent: 6))")
                    lines.append("    answer: \(YAMLText.value(example.answer, indent: 6))")
                    if !context.isEmpty { lines.append("    context: \(YAMLText.value(context, indent: 6))") }
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var attribution: String {
        func line(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }
        let work = options.knowledge.map { line($0.outline) } ?? "Answers that people judged: \(line(options.task))"
        return """
            Title of work: \(work)
            Link to work: \(options.knowledge.map { line($0.repository) } ?? "none")
            Revision: \(options.knowledge.map { line($0.commit) } ?? "none")
            License of the work: \(options.license)
            Creator names: \(line(options.creator))

            """
    }
}
