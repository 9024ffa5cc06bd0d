/// What a model answered from numbered passages, its citations held against those that it was given.
public struct KnowledgeAnswer: Equatable, Codable, Sendable {
    public var text: String
    /// Numbers of given passages that it cites, in the order of their first mention; from 1.
    public var cited: [Int]
    /// Numbers that it cites and was not given.
    public var unknown: [Int]
    /// Whether the model said that the passages do not answer the question.
    public var isDeclined: Bool
    /// Whether it broke off: at the bound on tokens, or on bytes.
    public var isCut: Bool
    public var model: String
    /// Seconds, seen from here.
    public var seconds: Double?

    /// Bytes of an answer at most: what is longer is none.
    private static let longest = 64 << 10

    /// What a model is told to say where the passages do not answer.
    public static let declining = "NOT IN THE PASSAGES"

    /// - Parameter given: how many passages the model was given.
    public init(_ answer: ChatAnswer, model: String, given: Int) {
        let whole = Self.withoutThinking(answer.text)
        let text = whole.prefix(bytes: Self.longest)
        var (cited, unknown): ([Int], [Int]) = ([], [])
        for number in Self.citations(in: text).flatMap(\.numbers) {
            if (1...max(1, given)).contains(number), given > 0 {
                if !cited.contains(number) { cited.append(number) }
            } else if !unknown.contains(number) {
                unknown.append(number)
            }
        }
        self.text = text
        (self.cited, self.unknown, self.model, seconds) = (cited, unknown, model, answer.seconds)
        isDeclined = cited.isEmpty && text.uppercased().contains(Self.declining)
        isCut = answer.finish == "length" || text.utf8.count < whole.utf8.count
    }

    /// Whether anything of it is backed by a passage.
    public var isBacked: Bool { !cited.isEmpty && unknown.isEmpty }

    /// The text with each number that is no passage's marked: `[9?]`.
    public var marked: String {
        var (marked, last) = ("", text.startIndex)
        for citation in Self.citations(in: text) {
            marked += text[last..<citation.range.lowerBound]
            let numbers = citation.numbers.map { unknown.contains($0) ? "\($0)?" : "\($0)" }
            marked += "[\(numbers.joined(separator: ", "))]"
            last = citation.range.upperBound
        }
        return marked + text[last...]
    }

    /// Numbers in brackets: `[2]`, `[1, 3]`, `[1-3]`.
    static func citations(in text: String) -> [(range: Range<String.Index>, numbers: [Int])] {
        var found: [(Range<String.Index>, [Int])] = []
        var start = text.startIndex
        while let open = text[start...].firstIndex(of: "[") {
            start = text.index(after: open)
            // A list of numbers is short.
            let inner = text[start...].prefix(60).prefix { "0123456789, -–".contains($0) }
            guard inner.endIndex < text.endIndex, text[inner.endIndex] == "]" else { continue }
            let parts = inner.split(separator: ",", omittingEmptySubsequences: false).map(numbers)
            guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty }) else { continue }
            start = text.index(after: inner.endIndex)
            found.append((open..<start, parts.flatMap { $0 }))
        }
        return found
    }

    /// A number, or all from one to another; none of what is neither.
    private static func numbers(_ part: Substring) -> [Int] {
        let ends = part.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "–" }.map { end in
            Int(end.filter { $0 != " " }).flatMap { $0 < 100_000 ? $0 : nil }
        }
        switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
        case (1, let number?, _): return [number]
        case (2, let low?, let high?) where low < high && high - low < 50: return Array(low...high)
        default: return []
        }
    }

    /// Without what a reasoning model thinks aloud before it answers.
    private static func withoutThinking(_ text: String) -> String {
        var text = text[...]
        if let end = text.lastRange(of: "</think>") { text = text[end.upperBound...] }
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension Substring {
    /// The last place where a word stands.
    fileprivate func lastRange(of word: String) -> Range<Index>? {
        var (found, start): (Range<Index>?, Index) = (nil, startIndex)
        while let range = self[start...].firstRange(of: word) { (found, start) = (range, range.upperBound) }
        return found
    }
}

/// What a question comes to: passages at once, then an answer from them, or why there is none.
public struct KnowledgePage: Equatable, Sendable {
    public enum Outcome: Equatable, Sendable {
        /// The model is being asked.
        case asking(model: String)
        case answered(KnowledgeAnswer)
        /// No passage was found: no model was asked.
        case nothing
        /// No model is to answer.
        case noModel
        case failed(String, hint: String)
    }
    public var question: String
    public var hits: [KnowledgeHit]
    public var status: KnowledgeStatus
    public var outcome: Outcome
    /// What did not work on the way: the folder could not be read, embeddings failed.
    public var notes: [String]

    public init(
        question: String, hits: [KnowledgeHit] = [], status: KnowledgeStatus = KnowledgeStatus(), outcome: Outcome,
        notes: [String] = []
    ) {
        (self.question, self.hits, self.status) = (question, hits, status)
        (self.outcome, self.notes) = (outcome, notes)
    }
}

extension KnowledgePage {
    /// The question, the answer and its sources, for a note or a chat; without an answer, where the passages stand.
    public var markdown: String {
        var (text, cited): (String, Set<Int>?) = (
            "# \(question.split { $0.isNewline }.joined(separator: " "))\n\n", nil
        )
        if case .answered(let answer) = outcome {
            text += answer.marked + "\n\n"
            cited = Set(answer.cited)
        }
        for (place, hit) in hits.enumerated() where cited.map({ $0.isEmpty || $0.contains(place + 1) }) ?? true {
            let headings = hit.passage.headings.isEmpty ? "" : " " + hit.passage.headings.joined(separator: " > ")
            text += "- [\(place + 1)] `\(hit.passage.place)`\(headings)\n"
        }
        return text
    }
}
