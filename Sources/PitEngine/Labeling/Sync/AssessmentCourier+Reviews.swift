import PitModel
import PitStore

/// Queues that a server keeps are queues here: made and filled as their exchanges become known, closed there when
/// somebody has judged.
extension AssessmentCourier {
    /// Items that are closed at once.
    private static let closedAtOnce = 500

    func review(
        _ desk: any ReviewQueueKeeping, _ route: AssessmentRoute, _ round: inout Round
    ) async throws(Interruption) {
        let queues = try await asking { () async throws(ConnectorFault) in try await desk.reviewQueues() }
        for queue in queues where !queue.questions.isEmpty {
            let name = try keeping { () throws(StoreFault) in try bring(queue, route, &round) }
            guard let name else { continue }
            let done = try keeping { () throws(StoreFault) in
                try store.reviewed(in: name, limit: Self.closedAtOnce)
            }
            for one in done {
                try await asking { () async throws(ConnectorFault) in
                    try await desk.close(one.interaction, in: queue.id, by: one.author)
                }
                try keeping { () throws(StoreFault) in
                    try store.closed(one.interaction, in: name, by: one.author)
                }
                round.closed += 1
            }
        }
    }

    /// Gives the queue's name here; nil while none of its exchanges is known.
    private func bring(
        _ queue: ReviewQueue, _ route: AssessmentRoute, _ round: inout Round
    ) throws(StoreFault) -> String? {
        var items: [LabelItem] = []
        for id in queue.open {
            for connection in route.from {
                guard let kept = try store.interaction(id, of: connection) else { continue }
                LabelQueueBuilder.item(kept.interaction).map { items.append($0) }
                break
            }
        }
        if let name = try store.queue(forReview: queue.id, at: route.to) {
            if !items.isEmpty { round.brought += try store.add(items, to: name) }
            return name
        }
        guard !items.isEmpty else { return nil }
        var rubric = Rubric(
            name: "\(route.to)-\(Self.slug(queue.name))", title: queue.name, guidelines: queue.guidelines,
            questions: queue.questions)
        RubricKeys.assign(&rubric)
        // What was asked under this name before, and was otherwise, stays as it was.
        while let used = try store.rubric(rubric.reference), used.questions != rubric.questions { rubric.version += 1 }
        let taken = Set(try store.queues(for: "").map(\.queue.name))
        var (name, number) = (rubric.name, 1)
        while taken.contains(name) {
            number += 1
            name = "\(rubric.name)-\(number)"
        }
        let made = LabelQueue(
            name: name, title: queue.name, query: InteractionQuery(connection: route.from.first),
            rubric: rubric.name, assigned: queue.people, author: route.to.description, at: clock.now())
        try store.create(made, rubric: rubric, items: items)
        try store.bind(name, toReview: queue.id, at: route.to)
        round.brought += items.count
        return name
    }

    /// A name as queues have them: letters, digits, dots, dashes.
    private static func slug(_ name: String) -> String {
        var words = ""
        for scalar in name.lowercased().unicodeScalars.prefix(60) {
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            if isPlain { words.unicodeScalars.append(scalar) } else if words.last != "-" { words += "-" }
        }
        let slug = words.split(separator: "-").joined(separator: "-")
        return slug.isEmpty ? "reviews" : slug
    }
}
