import PitGrid
import PitModel

/// From exchanges that were chosen to a queue of them for people to judge.
extension ExchangesScreen {
    static let queue = Command<Self>(
        "queue", "Q", title: "judge these",
        help: "Make a queue of the exchanges that this query asks for, to judge them.",
        hint: 2, isMutating: true,
        availability: { screen, _ in
            screen.rows.isEmpty ? .refused(because: "there is no exchange here") : .available
        }
    ) { screen, _ in
        let words = screen.query.words
        return [
            .ask(
                QueueQuestion.ask(
                    "queue", title: "A queue to judge", body: words.isEmpty ? "All exchanges that are kept." : words))
        ]
    }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        guard question == "queue" else { return [] }
        var query = query
        query.before = nil
        if show != .all, query.finding == nil { query.finding = "" }
        return QueueQuestion.create(values, of: query, world)
    }
}
