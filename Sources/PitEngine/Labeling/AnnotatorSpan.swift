public import PitModel
import PitStatistics

/// How one person judged a queue within a span of time, and whether that is another way than before.
public struct AnnotatorSpan: Equatable, Sendable {
    public var author: String
    /// When the span begins.
    public var from: Timestamp
    /// Items, and the median of the seconds that one took; nil where none was measured.
    public var items: Int
    public var seconds: Double?
    /// Shares 0...1: of answers called good, of those that say what most of the others said, of those that are right by
    /// the gold queue; nil without any that could be.
    public var good: Double?
    public var withOthers: Double?
    public var gold: Double?
    /// What changed against all earlier spans of the same person, by a two-sided test of two proportions at 1 %; empty
    /// where nothing did, or too little is known.
    public var drift: [Change]

    /// A share that is another than it was.
    public struct Change: Equatable, Sendable {
        public var name: String
        public var was: Double
        public var now: Double
    }

    /// Fewer on either side tell nothing.
    static let fewest = 20.0
    private static let level = 0.01

    /// - Parameters:
    ///   - answers: all that hold in the queue, of people.
    ///   - truth: what the gold queue says, by item and question; any of several is right.
    public static func of(
        _ answers: [Judgement], _ rubric: Rubric, truth: [String: [String: Set<JudgedValue>]] = [:], seconds: Double
    ) -> [AnnotatorSpan] {
        let own = answers.filter { $0.origin == .person && $0.value != nil && $0.decides != true }
        let byItem = Dictionary(grouping: own.filter { !$0.isRepeat }) { "\($0.item) \($0.question)" }
        return Dictionary(grouping: own, by: \.author).sorted { $0.key < $1.key }.flatMap { author, all in
            let spans = Dictionary(grouping: all) { ($0.at.seconds / seconds).rounded(.down) }
            var before = Tally()
            return spans.sorted { $0.key < $1.key }.map { start, answers in
                let tally = Tally(answers, rubric, byItem, truth)
                defer { before = before + tally }
                return AnnotatorSpan(
                    author: author, from: Timestamp(seconds: start * seconds),
                    items: Set(answers.map(\.item)).count, seconds: median(answers), good: tally.good.rate,
                    withOthers: tally.others.rate, gold: tally.gold.rate, drift: tally.changes(from: before))
            }
        }
    }

    private static func median(_ answers: [Judgement]) -> Double? {
        // Answers of one act carry its seconds each.
        let times = Dictionary(grouping: answers, by: \.item).values.compactMap { $0.map(\.seconds).max() }
            .filter { $0 > 0 }.sorted()
        return times.isEmpty ? nil : times[times.count / 2]
    }

    private struct Tally {
        var good = Proportion(0, of: 0)
        var others = Proportion(0, of: 0)
        var gold = Proportion(0, of: 0)

        init() {}

        init(
            _ answers: [Judgement], _ rubric: Rubric, _ byItem: [String: [Judgement]],
            _ truth: [String: [String: Set<JudgedValue>]]
        ) {
            for answer in answers {
                guard let value = answer.value else { continue }
                if let isGood = rubric.isGood([answer.question: value]) { good = good + Self.one(isGood) }
                if let right = truth[answer.item]?[answer.question] { gold = gold + Self.one(right.contains(value)) }
                guard !answer.isRepeat, rubric.questions.first(where: { $0.id == answer.question })?.isInWords == false
                else { continue }
                let said = (byItem["\(answer.item) \(answer.question)"] ?? []).filter { $0.author != answer.author }
                let counts = Dictionary(grouping: said.compactMap(\.value), by: { $0 }).mapValues(\.count)
                guard let most = counts.values.max(), counts.values.count(where: { $0 == most }) == 1 else { continue }
                others = others + Self.one(counts[value] == most)
            }
        }

        private static func one(_ isSo: Bool) -> Proportion { Proportion(isSo ? 1 : 0, of: 1) }

        static func + (a: Self, b: Self) -> Self {
            var sum = a
            (sum.good, sum.others, sum.gold) = (a.good + b.good, a.others + b.others, a.gold + b.gold)
            return sum
        }

        func changes(from before: Self) -> [Change] {
            func change(_ name: String, _ old: Proportion, _ new: Proportion) -> Change? {
                guard old.count >= AnnotatorSpan.fewest, new.count >= AnnotatorSpan.fewest, let was = old.rate,
                    let now = new.rate,
                    TwoProportions.test(old.hits, of: old.count, new.hits, of: new.count).pValue < AnnotatorSpan.level
                else { return nil }
                return Change(name: name, was: was, now: now)
            }
            return [
                change("good", before.good, good), change("with others", before.others, others),
                change("gold", before.gold, gold),
            ].compactMap { $0 }
        }
    }
}
