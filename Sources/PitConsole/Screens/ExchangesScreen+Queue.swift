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
                Question(
                    "queue", title: "A queue to judge", body: [words.isEmpty ? "All exchanges that are kept." : words],
                    fields: [
                        .init("name", "Name", placeholder: "refusals-since-r14", isRequired: true),
                        .init(
                            "rubric", "Rubric", value: "thumbs", choices: rubricCatalog.map(\.name),
                            isRequired: true),
                        .init(
                            "order", "Order", value: "newest", choices: ["newest", "random", "coverage", "uncertainty"]),
                        .init("sample", "At most", placeholder: "all"),
                    ], verb: "make it"))
        ]
    }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        guard question == "queue" else { return [] }
        let sample = values["sample"].flatMap { $0.isEmpty ? nil : $0 }
        guard sample.map({ Int($0).map { $0 >= 1 } ?? false }) ?? true else {
            return [.toast(Notice(.warn, "At most: write a number, or leave it empty"))]
        }
        let order: LabelQueue.Order =
            switch values["order"] {
            case "random": .random(seed: UInt64(bitPattern: world.now.milliseconds))
            case "coverage": .coverage
            case "uncertainty": .uncertainty
            default: .newest
            }
        var query = query
        query.before = nil
        if show != .all, query.finding == nil { query.finding = "" }
        return [
            .createQueue(
                LabelQueue(
                    name: values["name"] ?? "", query: query, rubric: values["rubric"] ?? "thumbs", order: order,
                    sample: sample.flatMap { Int($0) }, author: world.settings.author, at: world.now))
        ]
    }
}
