/// Why something that was judged is not in an export, and how often.
public struct LeftOut: Equatable, Sendable {
    public enum Reason: String, CaseIterable, Sendable {
        case unjudged, tie, fewAgree, undecided, notGood, noPrompt, noAnswer, sameAnswers, duplicate
        case nearDuplicate, toolMessages, endsWithAnswer, severalTurns, tooLong, noContext, fewQuestions
        case machine, repeated, otherAuthor, noTemplate

        /// Before a number.
        public var words: String {
            switch self {
            case .unjudged: "items without a judgement that the format has a place for"
            case .tie: "items on which as many people said the one as the other"
            case .fewAgree: "items on which fewer people agree than --min-agree asks for"
            case .undecided: "items where neither answer was preferred"
            case .notGood: "items whose answer was judged not good and not corrected"
            case .noPrompt: "items without a prompt"
            case .noAnswer: "items with an empty answer"
            case .sameAnswers: "pairs whose two answers are the same"
            case .duplicate: "items with the same text as one before"
            case .nearDuplicate: "items with nearly the same text as one before"
            case .toolMessages: "items with messages of tools, which the format wants calls for"
            case .endsWithAnswer: "items whose prompt ends with an answer"
            case .severalTurns: "items with several turns"
            case .tooLong: "examples longer than InstructLab's guidance"
            case .noContext: "examples without a context"
            case .fewQuestions: "examples whose context has fewer than 3 questions"
            case .machine: "judgements by machines"
            case .repeated: "judgements of items shown a second time"
            case .otherAuthor: "judgements by others than those asked for"
            case .noTemplate: "conversations that the chat template has no place for, or that hold its own signs"
            }
        }
    }

    private var counts = [Int](repeating: 0, count: Reason.allCases.count)
    private static let places = Dictionary(uniqueKeysWithValues: Reason.allCases.enumerated().map { ($1, $0) })

    mutating func add(_ reason: Reason, _ count: Int = 1) { counts[Self.places[reason] ?? 0] += count }

    public subscript(_ reason: Reason) -> Int { counts[Self.places[reason] ?? 0] }

    /// `items with an empty answer: 3`, for each that occurred.
    public var lines: [String] { all.map { "\($0.reason.words): \($0.count)" } }

    /// Those that occurred, in a fixed order.
    public var all: [(reason: Reason, count: Int)] {
        zip(Reason.allCases, counts).filter { $1 > 0 }.map { ($0, $1) }
    }
}
