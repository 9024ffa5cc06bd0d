/// One press of a key that says something of an item: written to the disk, synced, before the next item is shown.
public struct LabelAct: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// Answers, by question; nil takes one back. `comment` goes with each.
        case judge([String: JudgedValue?], comment: String)
        case mark(LabelMark)
        /// Takes the latest act that still counts back, whenever it was made; and brings back what was taken back last.
        case undo
        case redo
    }
    public var queue: String
    /// Empty for undo and redo.
    public var item: String
    public var kind: Kind
    /// Seconds that the person looked at it.
    public var seconds: Double
    public init(_ kind: Kind, queue: String, item: String, seconds: Double = 0) {
        (self.kind, self.queue, self.item, self.seconds) = (kind, queue, item, seconds)
    }
}

/// What the Label screen shows of one queue to one person: read again after each act.
public struct LabelPage: Equatable, Sendable {
    /// Items that are shown ahead, so that the next one needs no reading.
    public static let ahead = 8

    public var queue: LabelQueue
    public var rubric: Rubric
    public var author: String
    /// The items to judge next, the present one first: what is left, then what was skipped.
    public var items: [LabelItem]
    /// The one that the latest act was about, for going back.
    public var latest: LabelItem?
    /// How many items there are, and how many of them this person has judged, skipped, flagged.
    public var total: Int
    public var judged: Int
    public var skipped: Int
    public var flagged: Int
    public var canUndo: Bool
    public var canRedo: Bool
    /// Judgements of this person in this sitting, and the active seconds that they took.
    public var sitting: Int
    public var activeSeconds: Double
    /// How many are to be made in a sitting, where that is set.
    public var target: Int?
    public var agreement: AgreementFigure?
    /// Where it is decided what people differ on: alpha of each question, then kappa of each pair, the lowest first.
    public var agreements: [AgreementFigure] = []
    public var evidence: LabelEvidence?
    /// Acts that are still to be told to others, and why they are not yet.
    public var unsent: Int
    public var unsentWhy: String?
    /// How often this person answered a gold item as the gold queue does, and a repeated item as the first time.
    public var gold: LabelShare?
    public var repeats: LabelShare?
    /// What this person said earlier of the latest item's exchange, in another queue, where it was otherwise.
    public var contradiction: Judgement?

    /// Whether it is hidden who answered: the rubric says so, or two releases are to be told apart by their answers.
    public var isBlind: Bool { rubric.isBlind || queue.releases.count > 1 }

    public init(queue: LabelQueue, rubric: Rubric, author: String, items: [LabelItem] = [], total: Int = 0) {
        (self.queue, self.rubric, self.author, self.items, self.total) = (queue, rubric, author, items, total)
        (latest, judged, skipped, flagged) = (nil, 0, 0, 0)
        (canUndo, canRedo, sitting, activeSeconds) = (false, false, 0, 0)
        (agreement, evidence, unsent, unsentWhy) = (nil, nil, 0, nil)
    }
}

/// So many of so many.
public struct LabelShare: Equatable, Codable, Sendable {
    public var same: Int
    public var of: Int
    public init(_ same: Int, of: Int) { (self.same, self.of) = (same, of) }
}

/// How far people agree, with its interval where there is enough.
public struct AgreementFigure: Equatable, Codable, Sendable {
    /// `krippendorff_alpha`, `cohen_kappa`, `gwet_ac1`, `fleiss_kappa`.
    public var name: String
    public var value: Double
    public var low: Double?
    public var high: Double?
    /// Items that two or more have judged.
    public var n: Int
    /// Which question, and who, where not all are meant.
    public var question: String?
    public var people: [String]?
    public init(_ name: String, _ value: Double, low: Double? = nil, high: Double? = nil, n: Int) {
        (self.name, self.value, self.low, self.high, self.n) = (name, value, low, high, n)
    }
}

/// How far two releases can be told apart by what was judged so far.
public struct LabelEvidence: Equatable, Codable, Sendable {
    public struct Arm: Equatable, Codable, Sendable {
        public var release: String
        public var good: Int
        public var bad: Int
        public init(_ release: String, good: Int, bad: Int) {
            (self.release, self.good, self.bad) = (release, good, bad)
        }
    }
    public var arms: [Arm]
    /// Labels per arm that the difference needs, and what difference that is: `62 per arm tell 10 % from 30 % bad`.
    public var needed: Int?
    public var words: String
    /// Whether the question is decided; then no more need be judged.
    public var isDecided: Bool
    public init(arms: [Arm], needed: Int?, words: String, isDecided: Bool) {
        (self.arms, self.needed, self.words, self.isDecided) = (arms, needed, words, isDecided)
    }
}

/// A queue as a list of them shows it.
public struct LabelQueueState: Equatable, Sendable, Identifiable {
    public var queue: LabelQueue
    public var total: Int
    /// Items that enough people have judged; and those that the present author has.
    public var done: Int
    public var own: Int
    public var flagged: Int
    public var agreement: AgreementFigure?
    public var id: String { queue.name }
    public init(
        _ queue: LabelQueue, total: Int = 0, done: Int = 0, own: Int = 0, flagged: Int = 0,
        agreement: AgreementFigure? = nil
    ) {
        (self.queue, self.total, self.done, self.own, self.flagged) = (queue, total, done, own, flagged)
        self.agreement = agreement
    }
    /// Items that the present author can still judge.
    public var left: Int { max(0, total - own) }
}
