import PitModel

/// What several people's answers come to.
enum Decision<Value: Hashable & Sendable>: Equatable, Sendable {
    /// Nobody said anything.
    case none
    case agreed(Value)
    /// As many said the one as the other.
    case tie
    /// The most of one mind are fewer than were asked for.
    case fewAgree

    var value: Value? { if case .agreed(let value) = self { value } else { nil } }

    /// Why it decides nothing; nil where it does, or where nobody was asked.
    var reason: LeftOut.Reason? {
        switch self {
        case .none, .agreed: nil
        case .tie: .tie
        case .fewAgree: .fewAgree
        }
    }
}

/// How several people's answers become one: the latest that was given to decide, or of an adjudicator, or else what more people say than anything else.
struct VoteCount: Sendable {
    struct Vote<Value: Hashable & Sendable> {
        var author: String
        var at: Timestamp
        var value: Value
        /// Whether it was given to decide what others differed on.
        var decides = false
    }
    let adjudicators: Set<String>
    let leastAgreeing: Int

    func decide<Value>(_ votes: [Vote<Value>]) -> Decision<Value> {
        guard let first = votes.first else { return .none }
        let decisive = votes.filter { $0.decides || adjudicators.contains($0.author) }
        if let last = decisive.max(by: { ($0.at, $0.author) < ($1.at, $1.author) }) { return .agreed(last.value) }
        if votes.count == 1 { return leastAgreeing <= 1 ? .agreed(first.value) : .fewAgree }
        var counts: [Value: Int] = [:]
        for vote in votes { counts[vote.value, default: 0] += 1 }
        let most = counts.values.max() ?? 0
        let leading = counts.filter { $0.value == most }
        guard leading.count == 1, let winner = leading.first?.key else { return .tie }
        return most >= leastAgreeing ? .agreed(winner) : .fewAgree
    }
}
