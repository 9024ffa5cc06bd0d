public import PitModel
public import PitParse

/// A question, and where what answers it stands.
public struct RetrievalCase: Equatable, Sendable {
    public typealias Place = PassagePlace

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
        PassageLines.places(of: expected, in: passages)
    }
}
