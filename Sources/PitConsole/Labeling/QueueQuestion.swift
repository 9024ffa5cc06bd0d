import PitGrid
import PitModel

/// What is asked before a queue is made, wherever that is, and the queue that the answers describe.
enum QueueQuestion {
    private static let orders = ["newest", "random", "uncertainty", "coverage"]

    /// - Parameter which: the fields that say which exchanges; none where that is settled.
    static func ask(_ id: String, title: String, body: String, which: [Question.Field] = []) -> Question {
        Question(
            id, title: title, body: [body],
            fields: [.init("name", "name", placeholder: "refusals-since-r14", isRequired: true)] + which + [
                .init("rubric", "rubric", value: "thumbs", isRequired: true),
                .init("order", "order", value: "newest", choices: orders),
                .init("sample", "at most", placeholder: "all of them"),
            ], verb: "Create")
    }

    /// What stands in a field, its white space put right; nil when nothing does.
    static func value(_ id: String, _ values: [String: String]) -> String? {
        let words = (values[id] ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? nil : words
    }

    /// Makes the queue, or says what is wrong with the answers.
    static func create(_ values: [String: String], of query: InteractionQuery, _ world: World) -> [Effect] {
        func refused(_ why: String) -> [Effect] { [.toast(Notice(.warn, why))] }
        guard let name = value("name", values), !name.contains(" "), name.utf8.count <= 80 else {
            return refused("a queue's name is one word of at most 80 letters")
        }
        guard !world.snapshot.queues.contains(where: { $0.id == name }) else {
            return refused("there is a queue `\(name)` already")
        }
        var sample: Int?
        if let words = value("sample", values) {
            guard let number = Int(words), number > 0 else { return refused("`at most` is a number above 0") }
            sample = number
        }
        let order: LabelQueue.Order
        switch value("order", values) {
        case "newest", nil: order = .newest
        case "random": order = .random(seed: UInt64(bitPattern: world.now.milliseconds))
        case "uncertainty": order = .uncertainty
        case "coverage": order = .coverage
        default: return refused("order is \(orders.joined(separator: ", "))")
        }
        var queue = LabelQueue(
            name: name, query: query, rubric: value("rubric", values) ?? "thumbs", order: order, sample: sample,
            author: world.settings.author, at: world.now)
        queue.feedback = value("feedback", values).flatMap { LabelQueue.Feedback(rawValue: $0) }
        return [.createQueue(queue), .toast(Notice(.notice, "creating the queue \(name)"))]
    }
}
