/// A saved question for exchanges, to be judged under a rubric.
public struct LabelQueue: Equatable, Codable, Sendable, Identifiable {
    public enum Order: Hashable, Codable, Sendable {
        case newest
        /// Shuffled by a seed: the same seed gives the same order.
        case random(seed: UInt64)
        /// Those first that people disagree on, that a judge is unsure of, or that lie near the classifier's border.
        case uncertainty
        /// One of each kind first: clusters of near-duplicates by MinHash.
        case coverage
    }

    /// What the users who were answered said of it, as other systems and files tell.
    public enum Feedback: String, Codable, Sendable, CaseIterable { case good, bad, any }

    /// What it is called: unique, `refusals-since-r14`.
    public var name: String
    public var title: String
    public var query: InteractionQuery
    /// Only exchanges answered by this release, or by one of two where they are compared.
    public var releases: [String]
    public var rubric: String
    public var order: Order
    /// At most so many items.
    public var sample: Int?
    /// The descriptor or attribute (or `model`, `release`) of whose every value equally many are taken.
    public var stratifyBy: String?
    /// Who is to judge; empty: whoever opens it.
    public var assigned: [String]
    /// How many people are to judge each item.
    public var overlap: Int
    /// The share of items, 0...0.5, that each person is shown a second time, unannounced.
    public var repeatShare: Double
    /// A queue whose answers are the truth: some of its items are mixed in, to see how often a person is right.
    public var gold: String?
    /// Only exchanges of which users said this; nil: whether they did or not.
    public var feedback: Feedback?
    /// The queue on whose items people differ: here somebody decides them.
    public var adjudicates: String?
    public var author: String
    public var at: Timestamp

    public init(
        name: String, title: String = "", query: InteractionQuery = InteractionQuery(), releases: [String] = [],
        rubric: String = "thumbs", order: Order = .newest, sample: Int? = nil, stratifyBy: String? = nil,
        assigned: [String] = [], overlap: Int = 1, repeatShare: Double = 0, author: String, at: Timestamp
    ) {
        (self.name, self.title, self.query, self.releases) = (name, title.isEmpty ? name : title, query, releases)
        (self.rubric, self.order, self.sample, self.stratifyBy) = (rubric, order, sample, stratifyBy)
        (self.assigned, self.overlap, self.repeatShare) = (assigned, overlap, repeatShare)
        (self.author, self.at) = (author, at)
    }
    public var id: String { name }
}

/// One thing to judge.
public struct LabelItem: Equatable, Sendable, Identifiable {
    /// Unique in the store and lasting: `connection/interaction`, with what tells it apart where one exchange gives several.
    public var id: String
    public var target: JudgedTarget
    /// In which order the answers stand on the screen: `target.answers[order[0]]` is on the left. Random, recorded.
    public var order: [Int]
    /// What was found in it, and what machines say of it.
    public var findings: [KeptFinding]
    public var prelabels: [Judgement]
    /// Passages that the answer was made from, where the source tells them.
    public var passages: [String]
    /// Those of the present author that hold, by question.
    public var own: [String: Judgement]
    /// What people said of it, where that is to be decided.
    public var said: [Judgement] = []
    /// How many other people have judged it.
    public var others: Int
    public var mark: LabelMark.Kind?
    public var isRepeat: Bool

    public init(
        id: String, target: JudgedTarget, order: [Int] = [0], findings: [KeptFinding] = [],
        prelabels: [Judgement] = [], passages: [String] = [],
        own: [String: Judgement] = [:], others: Int = 0, mark: LabelMark.Kind? = nil, isRepeat: Bool = false
    ) {
        (self.id, self.target, self.order, self.findings) = (id, target, order, findings)
        (self.prelabels, self.passages) = (prelabels, passages)
        (self.own, self.others, self.mark, self.isRepeat) = (own, others, mark, isRepeat)
    }

    public var values: [String: JudgedValue] { own.compactMapValues(\.value) }
}

/// What else a person says of an item: kept like a judgement.
public struct LabelMark: Equatable, Codable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Comes again after the others.
        case skipped
        /// To be talked about.
        case flagged
        /// Neither any more.
        case cleared
        /// What is private in it was shown.
        case revealed
    }
    public var kind: Kind
    public var text: String
    public init(_ kind: Kind, text: String = "") { (self.kind, self.text) = (kind, text) }
}
