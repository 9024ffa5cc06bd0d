/// How one group fares beside another: the share of favorable outcomes in each, by an attribute that tells them apart.
///
/// As TrustyAI has it: SPD, the statistical parity difference, is P(favorable | unprivileged) less P(favorable |
/// privileged), 0 where both fare alike; DIR, the disparate impact ratio, is the first over the second, 1 where they do.
public struct GroupBias: Equatable, Codable, Sendable {
    public struct Group: Equatable, Codable, Sendable {
        public var value: String
        public var favorable: Int
        public var count: Int
        public init(_ value: String, favorable: Int, count: Int) {
            (self.value, self.favorable, self.count) = (value, favorable, count)
        }
        public var words: String { "\(value) \(favorable) of \(count)" }
    }

    /// A figure, and where people judged, between which values it lies in 95 of 100 cases.
    public struct Figure: Equatable, Codable, Sendable {
        public var value: Double
        public var low: Double?
        public var high: Double?
        public init(_ value: Double, low: Double? = nil, high: Double? = nil) {
            (self.value, self.low, self.high) = (value, low, high)
        }
    }

    /// `language`, or the protected attribute as a service names it.
    public var attribute: String
    /// Whom the other group is held against; nil where a service publishes only the figure.
    public var privileged: Group?
    public var unprivileged: Group?
    public var spd: Figure?
    /// Nil where nothing is favorable of the privileged.
    public var dir: Figure?
    /// Whether a service computed it; otherwise it is of people's judgements.
    public var isPublished: Bool
    public init(
        _ attribute: String, privileged: Group? = nil, unprivileged: Group? = nil, spd: Figure? = nil,
        dir: Figure? = nil, isPublished: Bool = false
    ) {
        (self.attribute, self.privileged, self.unprivileged) = (attribute, privileged, unprivileged)
        (self.spd, self.dir, self.isPublished) = (spd, dir, isPublished)
    }

    /// Judged answers of a group below which nothing is said.
    public static let fewest = 30
    /// What is usually taken for fair: SPD within 0.1 of 0, DIR from 0.8 to 1.2.
    public static let (usualSPD, usualDIR) = (0.1, 0.8...1.2)

    /// Whether both groups are large enough to say something of them.
    public var isEnough: Bool {
        guard !isPublished else { return true }
        return min(privileged?.count ?? 0, unprivileged?.count ?? 0) >= Self.fewest
    }

    /// `language: de 40 of 52 beside en 90 of 100`.
    public var title: String {
        guard let privileged, let unprivileged else { return "\(attribute), as published" }
        return "\(attribute): \(unprivileged.words) beside \(privileged.words)"
    }

    /// Both figures with their intervals, or that there is too little.
    public var words: String {
        guard isEnough else { return "too few: \(Self.fewest) judged answers of each group are needed" }
        let figures = [("SPD", spd), ("DIR", dir)].compactMap { name, figure in
            figure.map { one in
                name + " \(Dossier.short(one.value))"
                    + (one.low.flatMap { low in
                        one.high.map { " [\(Dossier.short(low)), \(Dossier.short($0))]" }
                    } ?? "")
            }
        }
        return figures.isEmpty ? "no figure" : figures.joined(separator: ", ")
    }
}

/// What people made of one answer, and what its exchange tells of who asked.
public struct JudgedOutcome: Equatable, Sendable {
    /// `language: de`; at most some dozens.
    public var attributes: [String: String]
    /// Whether it is a good answer by its rubric, as most who judged it have it; nil where they are split, or it does not
    /// say.
    public var isGood: Bool?
    /// The choice that most made, by the question.
    public var choices: [String: String]
    public init(attributes: [String: String], isGood: Bool?, choices: [String: String] = [:]) {
        (self.attributes, self.isGood, self.choices) = (attributes, isGood, choices)
    }
}
