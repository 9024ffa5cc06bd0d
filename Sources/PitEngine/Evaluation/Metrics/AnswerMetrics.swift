public import PitModel
import PitParse
import PitStatistics

/// Exact match as SQuAD 1.1 normalises it: case, punctuation, articles and spaces do not matter.
public struct ExactMatchMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "exact_match", title: "exact match", summary: "answers that are a reference; 0...1",
        options: [OptionInfo("strict", .flag, help: "every character matters", example: "true")], needsReference: true)

    private let isStrict: Bool

    public init(_ options: [String: OptionValue]) throws(MetricFault) { isStrict = options["strict"]?.flag ?? false }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        guard !one.references.isEmpty else { return nil }
        if isStrict { return [one.references.contains(answer) ? 1 : 0, 1] }
        return [AnswerMatch.score(answer, one.references).exact, 1]
    }
}

/// Token F1 as SQuAD 1.1 has it.
public struct TokenF1Metric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "token_f1", title: "token F1", summary: "words shared with the nearest reference; 0...1",
        needsReference: true)

    public init(_ options: [String: OptionValue]) throws(MetricFault) {}

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        one.references.isEmpty ? nil : [AnswerMatch.score(answer, one.references).f1, 1]
    }
}

/// One less the Levenshtein distance by the longer text's length.
public struct EditSimilarityMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "edit_similarity", title: "edit similarity",
        summary: "characters that need no edit to the nearest reference; 0...1", needsReference: true)

    /// Characters of a text that are compared: the time grows with their square.
    private static let longest = 4000

    public init(_ options: [String: OptionValue]) throws(MetricFault) {}

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        let own = Array(answer.unicodeScalars.prefix(Self.longest))
        let all = one.references.map { Self.similarity(own, Array($0.unicodeScalars.prefix(Self.longest))) }
        return all.max().map { [$0, 1] }
    }

    static func similarity(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Double {
        guard !a.isEmpty || !b.isEmpty else { return 1 }
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
                (diagonal, row[j + 1]) = (row[j + 1], next)
            }
        }
        return 1 - Double(row[b.count]) / Double(max(a.count, b.count))
    }
}

/// Answers that match a regular expression.
public struct PatternMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "regex", title: "matches", summary: "answers in which a regular expression (RE2) is found; 0...1",
        options: [
            OptionInfo("pattern", .text, help: "what to look for", example: "'ticket [A-Z]+-[0-9]+'"),
            OptionInfo("whole", .flag, help: "it must be the whole answer", example: "true"),
        ], required: ["pattern"])

    private let pattern: TextPattern

    public init(_ options: [String: OptionValue]) throws(MetricFault) {
        do throws(TextPattern.Fault) {
            pattern = try TextPattern(options["pattern"]?.text ?? "", isWhole: options["whole"]?.flag ?? false)
        } catch { throw MetricFault("the pattern cannot be read: \(error.summary)") }
    }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? { [pattern.matches(answer) ? 1 : 0, 1] }
}

/// Answers that decline to answer.
public struct RefusalMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "refusal", title: "refusals", summary: "answers that decline; 0...1", isHigherBetter: false)

    public init(_ options: [String: OptionValue]) throws(MetricFault) {}

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        [RefusalDescriptor.isRefusal(Array(answer.utf8.prefix(ReadText.limit))) ? 1 : 0, 1]
    }
}

/// How long answers are.
public struct LengthMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "length", title: "length", summary: "words of an answer, or characters; the mean",
        options: [OptionInfo("unit", .text, help: "words (without it) or characters", example: "characters")],
        isHigherBetter: nil)

    private let countsWords: Bool

    public init(_ options: [String: OptionValue]) throws(MetricFault) {
        let unit = options["unit"]?.text ?? "words"
        guard ["words", "characters"].contains(unit) else { throw MetricFault("unit is words or characters") }
        countsWords = unit == "words"
    }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        let length = countsWords ? answer.split { $0.isWhitespace }.count : answer.count
        return [Double(length), 1]
    }
}
