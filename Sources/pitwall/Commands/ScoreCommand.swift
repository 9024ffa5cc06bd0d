import ArgumentParser
import Foundation
import PitStatistics

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Score a file of answers against references: BLEU, chrF, TER, ROUGE, EM, F1.",
        discussion: """
            Line N of the hypotheses belongs to line N of every reference. BLEU, chrF and TER are sacreBLEU's, with its \
            signature; ROUGE is google-research's rouge_score, as plain means; exact match (em) and token F1 are SQuAD \
            1.1's, in percent.
            """)

    enum Metric: String, ExpressibleByArgument, CaseIterable { case bleu, chrf, ter, rouge, em, f1 }
    enum Smooth: String, ExpressibleByArgument, CaseIterable {
        case exp, floor, none
        case addK = "add-k"
    }
    enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Argument(help: "bleu, chrf, ter, rouge, em or f1.") var metric: Metric
    @Option(name: .customLong("ref"), help: "A file of references. Repeat it for more.") var references: [String] = []
    @Option(name: .customLong("hyp"), help: "The file of hypotheses.") var hypothesis: String
    @Option(help: "BLEU: 13a, none, char or intl.", transform: Self.tokenizer) var tokenize = BleuTokenizer.mteval13a
    @Option(help: "BLEU: exp, floor, add-k or none.") var smooth: Smooth = .exp
    @Option(help: "BLEU: the value of floor (0.1) or add-k (1).") var smoothValue: Double?
    @Flag(name: .customLong("lowercase"), help: "BLEU and chrF: case does not matter.") var isLowercased = false
    @Flag(name: .customLong("case-sensitive"), help: "TER: case matters.") var isCaseSensitive = false
    @Option(help: "chrF: orders of words beside characters; 2 is chrF++.") var wordOrder = 0
    @Flag(name: .customLong("stemmer"), help: "ROUGE: words longer than three letters are cut to their stems.")
    var stems = false
    @Option(name: .shortAndLong, help: "table or json.") var output: Output = .table

    func validate() throws {
        guard !references.isEmpty else { throw ValidationError("--ref FILE is needed") }
        guard (0...4).contains(wordOrder) else { throw ValidationError("--word-order takes 0 to 4") }
    }

    private static func tokenizer(_ word: String) throws -> BleuTokenizer {
        guard let tokenizer = BleuTokenizer(rawValue: word) else {
            throw ValidationError("`\(word)` is no tokenizer: 13a, none, char or intl")
        }
        return tokenizer
    }

    private struct Result {
        var name: String
        var score: Double?
        var signature: String?
        var more: [String: Any] = [:]
        var words: String
    }

    func run() throws {
        let hypotheses = try Self.read(hypothesis)
        let lines = try references.map(Self.read)
        let result: Result
        do throws(TextMetricFault) { result = try compute(hypotheses, lines) } catch {
            throw Stop(.usage, error.words, hint: "Each file holds one segment a line.")
        }
        guard output == .json else { return Terminal.say(result.words) }
        var object: [String: Any] = result.more
        object["name"] = result.name
        if let score = result.score { object["score"] = score }
        if let signature = result.signature { object["signature"] = signature }
        object["segments"] = hypotheses.count
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        Terminal.say(String(decoding: data, as: UTF8.self))
    }

    private static func read(_ file: String) throws -> TextLines {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Stop(.usage, "\(file) cannot be read", hint: "Does it exist, and may you read it?")
        }
        return TextLines(splitting: Array(data))
    }

    private func compute(_ own: TextLines, _ others: [TextLines]) throws(TextMetricFault) -> Result {
        switch metric {
        case .bleu: try bleu(own, others)
        case .chrf: try chrf(own, others)
        case .ter: try ter(own, others)
        case .rouge: try rouge(own, others)
        case .em, .f1: try answers(own, others)
        }
    }

    private func bleu(_ own: TextLines, _ others: [TextLines]) throws(TextMetricFault) -> Result {
        let smoothing: Bleu.Smoothing =
            switch smooth {
            case .exp: .exponential
            case .floor: .floor(smoothValue ?? 0.1)
            case .addK: .addK(smoothValue ?? 1)
            case .none: .none
            }
        let metric = Bleu(tokenizer: tokenize, smoothing: smoothing, isLowercased: isLowercased)
        let result = try metric.corpus(own, others)
        let signature = metric.signature(references: others.count)
        let (counts, parts) = (result.counts, result.precisions.map { String(format: "%.1f", $0) })
        let ratio = Double(counts.hypothesisLength) / Double(max(1, counts.referenceLength))
        let words = String(
            format: "BLEU|%@ = %.2f %@ (BP = %.3f ratio = %.3f hyp_len = %d ref_len = %d)", signature, result.score,
            parts.joined(separator: "/"), result.brevityPenalty, ratio, counts.hypothesisLength,
            counts.referenceLength)
        return Result(
            name: "BLEU", score: result.score, signature: signature,
            more: [
                "precisions": result.precisions, "brevity_penalty": result.brevityPenalty,
                "hypothesis_length": counts.hypothesisLength, "reference_length": counts.referenceLength,
            ], words: words)
    }

    private func chrf(_ own: TextLines, _ others: [TextLines]) throws(TextMetricFault) -> Result {
        let metric = ChrF(wordOrder: wordOrder, isLowercased: isLowercased)
        let score = try metric.corpus(own, others)
        let (name, signature) = (
            "chrF2" + String(repeating: "+", count: wordOrder), metric.signature(references: others.count)
        )
        return Result(
            name: name, score: score, signature: signature,
            words: String(format: "%@|%@ = %.2f", name, signature, score))
    }

    private func ter(_ own: TextLines, _ others: [TextLines]) throws(TextMetricFault) -> Result {
        let metric = TranslationEditRate(isCaseSensitive: isCaseSensitive)
        let score = try metric.corpus(own, others)
        let signature = metric.signature(references: others.count)
        return Result(
            name: "TER", score: score, signature: signature, words: String(format: "TER|%@ = %.2f", signature, score))
    }

    private func rouge(_ own: TextLines, _ others: [TextLines]) throws(TextMetricFault) -> Result {
        let scores = try Rouge(stems: stems).corpus(own, others)
        var (more, lines): ([String: Any], [String]) = ([:], [])
        for kind in Rouge.Kind.allCases {
            guard let score = scores[kind] else { continue }
            more[kind.rawValue] = [
                "precision": score.precision, "recall": score.recall, "fmeasure": score.fmeasure,
            ]
            lines.append(
                kind.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)
                    + String(format: "P %.4f  R %.4f  F %.4f", score.precision, score.recall, score.fmeasure))
        }
        return Result(
            name: "ROUGE", signature: "nrefs:\(others.count)|stemmer:\(stems ? "yes" : "no")|agg:mean|version:0.1.2",
            more: more, words: lines.joined(separator: "\n"))
    }

    private func answers(_ own: TextLines, _ others: [TextLines]) throws(TextMetricFault) -> Result {
        let score = try AnswerMatch.corpus(own, others)
        let (name, value) = metric == .em ? ("EM", score.exact) : ("F1", score.f1)
        return Result(
            name: name, score: value, signature: "nrefs:\(others.count)|norm:squad-1.1",
            words: String(format: "%@ = %.2f", name, value))
    }
}
