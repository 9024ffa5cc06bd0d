public import PitModel
import PitParse

/// A question, and where what answers it stands.
public struct RetrievalCase: Equatable, Sendable {
    /// A document, and a heading in it where that matters.
    public struct Place: Hashable, Sendable {
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

    public var line: Int
    public var question: String
    public var expected: [Place]

    static let most = 10_000

    /// Reads a file of JSON Lines: `question`, and `expected`, one place or several. A line that cannot be read ends it.
    public static func read(_ path: String) throws(DataFault) -> [Self] {
        var file = try LineFile(path)
        var cases: [Self] = []
        while let line = try file.next() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            let place = "\(path):\(file.line)"
            let hint = #"Write one a line: {"question": "...", "expected": "runbooks/slow.md#Causes"}"#
            guard let value = JSONReader.value(of: line), value.members != nil else {
                throw .refused("\(place) is no JSON object", hint: hint)
            }
            guard let question = value["question"]?.text, !question.isEmpty else {
                throw .refused("\(place) has no `question`", hint: hint)
            }
            let expected = value["expected"]?.list?.compactMap(\.text) ?? value["expected"]?.text.map { [$0] } ?? []
            guard !expected.isEmpty, expected.allSatisfy({ !Place($0).document.isEmpty }) else {
                throw .refused("\(place) has no `expected`", hint: hint)
            }
            cases.append(Self(line: file.line, question: question, expected: expected.map(Place.init)))
            guard cases.count <= most else {
                throw .refused("\(path) has more than \(most) questions", hint: "Draw a sample of them.")
            }
        }
        guard !cases.isEmpty else { throw .empty(path: path) }
        return cases
    }

    /// The place, from 1, of the first passage that holds each thing expected; nil where none does.
    public func places(in passages: [KnowledgePassage]) -> [Int?] {
        expected.map { place in passages.firstIndex { place.holds($0) }.map { $0 + 1 } }
    }
}
