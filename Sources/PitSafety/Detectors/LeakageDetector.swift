public import PitModel
import PitStatistics
import Synchronization

/// A response that says what the system prompt says.
public final class LeakageDetector: Detector {
    public static let about = DetectorInfo(
        id: "leakage", owasp: "LLM07", summary: "the system prompt, or a canary from it, in a response")

    public static let phrases: [PhraseRule] = [
        PhraseRule(
            "told", 0.6,
            "my system prompt|my initial instructions|my original instructions|my hidden instructions|my instructions|my system message|system prompt i was given|instructions i was given",
            "is|are|say|says|as follows|read|reads|here|verbatim|following", gap: 20, side: .response),
        PhraseRule(
            "told", 0.6,
            "here is my system prompt|here are my instructions|here is the system prompt|here are my system instructions|the system prompt reads|the text above reads",
            side: .response),
        PhraseRule(
            "told", 0.6,
            "mein systemprompt|meine anweisungen|mon prompt système|mes instructions|mi prompt del sistema|mis instrucciones",
            "lautet|lauten|sind|ist|est|sont|es|son", gap: 16, side: .response),
        PhraseRule("told", 0.6, "我的系统提示|我的系统指令|我的初始指令|私のシステムプロンプト", "是|如下|は", gap: 12, side: .response),
    ]

    /// Words in a row that are compared.
    private static let length = 5
    private let canaries: [[UInt8]]
    /// What the last system prompts were made of: an application has few, and says them again and again.
    private let known = Mutex<[(text: String, grams: Grams)]>([])

    /// Words in a row of a system prompt, and a bit for each that nearly always tells that others are none of them.
    struct Grams: Sendable {
        let all: Set<UInt64>
        private var bits = [UInt64](repeating: 0, count: 64)

        init(_ all: Set<UInt64>) {
            self.all = all
            for gram in all { bits[Int(gram >> 58)] |= 1 << (gram >> 52 & 63) }
        }

        func contains(_ gram: UInt64) -> Bool {
            bits[Int(gram >> 58)] & (1 << (gram >> 52 & 63)) != 0 && all.contains(gram)
        }
    }

    public init(_ settings: DetectorSettings) {
        canaries = settings.canaries.filter { !$0.isEmpty }.map { Array($0.utf8) }
    }

    public func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding]) {
        guard let response = exchange.response else { return }
        findings += phrases.findings(in: response)
        for canary in canaries {
            guard let at = Self.find(canary, in: response.bytes) else { continue }
            findings.append(
                response.finding(
                    Self.about, "canary", at..<(at + canary.count), score: 1, evidence: "a canary was said"))
        }
        let system = exchange.interaction.system ?? ""
        guard system.utf8.count >= 40, response.words.count >= Self.length else { return }
        let grams = grams(of: system, exchange)
        if let overlap = Self.overlap(response.words, grams) {
            findings.append(
                response.finding(
                    Self.about, "overlap", 0..<min(response.bytes.count, Evidence.longest),
                    score: min(1, 0.5 + overlap.share),
                    evidence:
                        "\(overlap.longest) words of the system prompt in a row, \(Int((overlap.share * 100).rounded())) % of it"
                ))
        }
    }

    /// How many words in a row a response has of the system prompt, and how much of it in all; nil where that is usual.
    static func overlap(_ words: [UInt64], _ grams: Grams) -> (longest: Int, share: Double)? {
        var (run, longest, found) = (0, 0, Set<UInt64>())
        for gram in Shingles.of(words, length: length) {
            if grams.contains(gram) {
                run += 1
                found.insert(gram)
                longest = max(longest, run)
            } else {
                run = 0
            }
        }
        guard longest > 0 else { return nil }
        let share = Double(found.count) / Double(max(1, grams.all.count))
        let inRow = longest + length - 1
        return inRow >= 12 || share > 0.3 && inRow >= 7 ? (inRow, share) : nil
    }

    private func grams(of system: String, _ exchange: ScannedExchange) -> Grams {
        known.withLock { known in
            if let index = known.firstIndex(where: { $0.text == system }) { return known[index].grams }
            let text = exchange.reread.read(
                Array(system.utf8), like: ScannedText("", side: .prompt, role: "system"))
            let grams = Grams(Set(Shingles.of(text.words, length: Self.length)))
            known.insert((system, grams), at: 0)
            if known.count > 16 { known.removeLast() }
            return grams
        }
    }

    /// Where the bytes stand first.
    static func find(_ wanted: [UInt8], in bytes: [UInt8]) -> Int? {
        guard let first = wanted.first, bytes.count >= wanted.count else { return nil }
        var at = 0
        while let next = bytes[at...].firstIndex(of: first), next + wanted.count <= bytes.count {
            if bytes[next..<(next + wanted.count)].elementsEqual(wanted) { return next }
            at = next + 1
        }
        return nil
    }
}
