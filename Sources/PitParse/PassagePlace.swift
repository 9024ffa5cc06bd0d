public import PitModel

/// Where something is expected to stand: a document, and a heading in it where that matters.
public struct PassagePlace: Hashable, Sendable {
    public var document: String
    public var heading: String?

    /// `runbooks/slow.md`, `runbooks/slow.md#KV cache is full`; the heading may be written as links have it.
    public init(_ words: String) {
        let halves = words.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        document = halves.first ?? ""
        heading = halves.count > 1 ? halves[1] : nil
    }

    public func holds(_ passage: KnowledgePassage) -> Bool {
        guard passage.document == document else { return false }
        guard let heading else { return true }
        return passage.headings.contains { Self.slug($0) == Self.slug(heading) }
    }

    /// A heading as links to it are written: small letters, digits, and `-` for blanks.
    static func slug(_ heading: String) -> String {
        String(
            heading.lowercased().compactMap { character in
                character.isLetter || character.isNumber || character == "_"
                    ? character : character == " " || character == "-" ? "-" : nil
            })
    }
}

/// Passages that were found as an answer is kept: one a line, the best first, the document and the headings that it stands
/// under with tabs between.
public enum PassageLines {
    public static func text(_ passages: [KnowledgePassage]) -> String {
        passages.map { passage in
            ([passage.document] + passage.headings).map { words in
                words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            }.joined(separator: "\t")
        }.joined(separator: "\n")
    }

    public static func passages(_ text: String) -> [KnowledgePassage] {
        text.split { $0 == "\n" || $0 == "\r\n" }.map { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return KnowledgePassage(document: parts.first ?? "", headings: Array(parts.dropFirst()))
        }
    }

    /// The place, from 1, of the first passage that holds each thing expected; nil where none does.
    public static func places(of expected: [PassagePlace], in passages: [KnowledgePassage]) -> [Int?] {
        expected.map { place in passages.firstIndex { place.holds($0) }.map { $0 + 1 } }
    }
}
