/// How good people found a release's answers.
public struct LabelQuality: Equatable, Codable, Sendable {
    public var model: ModelName
    public var release: String?
    public var good: Int
    public var bad: Int
    /// The share of good ones with its 95 % interval (Wilson).
    public var share: Double
    public var low: Double
    public var high: Double
    /// When the release was released last, where that is known.
    public var since: Timestamp?
    public init(
        model: ModelName, release: String?, good: Int, bad: Int, share: Double, low: Double, high: Double
    ) {
        (self.model, self.release, self.good, self.bad) = (model, release, good, bad)
        (self.share, self.low, self.high) = (share, low, high)
    }
}

extension LabelQuality {
    /// `r14: 12 of 40 good (18 to 46 %)`.
    public var words: String {
        func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }
        return "\(release ?? "no release"): \(good) of \(good + bad) good (\(percent(low)) to \(percent(high)) %)"
    }
}

/// How often people compared answers of two releases, and which won.
public struct LabelMeeting: Equatable, Codable, Sendable {
    public var model: ModelName
    public var first: String
    public var second: String
    public var firstWins: Int
    public var secondWins: Int
    public var ties: Int
    public init(model: ModelName, first: String, second: String, firstWins: Int, secondWins: Int, ties: Int) {
        (self.model, self.first, self.second) = (model, first, second)
        (self.firstWins, self.secondWins, self.ties) = (firstWins, secondWins, ties)
    }
    public var count: Int { firstWins + secondWins + ties }
}

/// How likely an answer of one release is preferred to one of another (Bradley and Terry), by all comparisons of the
/// model's releases.
public struct LabelWinRate: Equatable, Codable, Sendable {
    public var model: ModelName
    public var release: String
    public var against: String
    /// Comparisons of these two.
    public var count: Int
    /// 0...1, with its 95 % interval.
    public var rate: Double
    public var low: Double
    public var high: Double
    public init(
        model: ModelName, release: String, against: String, count: Int, rate: Double, low: Double, high: Double
    ) {
        (self.model, self.release, self.against, self.count) = (model, release, against, count)
        (self.rate, self.low, self.high) = (rate, low, high)
    }
}

/// What people think of the release that a model serves, beside the one before it.
public struct PresentQuality: Equatable, Sendable {
    /// Nil: nobody has judged it.
    public var present: LabelQuality?
    /// The release before it, where that is known and was judged; else the other that was judged most.
    public var other: LabelQuality?
    public var wins: LabelWinRate?
    public init(present: LabelQuality?, other: LabelQuality?, wins: LabelWinRate?) {
        (self.present, self.other, self.wins) = (present, other, wins)
    }
}

extension PresentQuality {
    /// As rules name it and as it is published.
    public var metrics: [(name: String, value: Double)] {
        var all: [(name: String, value: Double)] = []
        if let present {
            all += [
                ("pitwall_label_good_ratio", present.share), ("pitwall_label_good_ratio_low", present.low),
                ("pitwall_label_good_ratio_high", present.high),
                ("pitwall_labels_judged", Double(present.good + present.bad)),
            ]
            if let other { all.append(("pitwall_other_release_good_ratio_low", other.low)) }
        }
        if let wins {
            all += [
                ("pitwall_release_win_ratio", wins.rate), ("pitwall_release_win_ratio_low", wins.low),
                ("pitwall_release_win_ratio_high", wins.high),
            ]
        }
        return all
    }
}

extension Snapshot {
    /// What the release of a model is: as its deployment says, else as is configured.
    public func release(of model: ModelState) -> String? {
        let deployed = deployments.first { $0.deployment.model == model.name && !$0.deployment.release.isEmpty }
        return deployed?.deployment.release ?? model.release
    }

    /// What people think of what a model serves now.
    public func quality(of model: ModelState) -> PresentQuality {
        let own = labelQuality.filter { $0.model == model.name }
        let met = labelWins.filter { $0.model == model.name }
        // Of most models nothing was judged: their deployments need not be looked for.
        guard !own.isEmpty || !met.isEmpty else { return PresentQuality(present: nil, other: nil, wins: nil) }
        let release = release(of: model)
        func judged(_ one: LabelQuality) -> Int { one.good + one.bad }
        // Where no release is known, there is one judgement of all that was answered.
        let present = own.first { $0.release == release }
        let others = own.filter { $0.release != release }
        let before = present?.since.flatMap { since in
            others.compactMap { one in one.since.map { (one, $0) } }.filter { $0.1 < since }.max { $0.1 < $1.1 }?.0
        }
        let other = before ?? others.max { judged($0) < judged($1) }
        let wins = met.filter { $0.release == release }.max { $0.count < $1.count }
        return PresentQuality(present: present, other: other, wins: wins)
    }
}
