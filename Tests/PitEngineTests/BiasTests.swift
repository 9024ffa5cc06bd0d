import Foundation
import PitEngine
import PitModel
import PitStore
import Testing

private func outcomes(_ groups: [(String, good: Int, bad: Int)]) -> [JudgedOutcome] {
    groups.flatMap { value, good, bad in
        (0..<good + bad).map {
            JudgedOutcome(
                attributes: ["language": value, "tenant": "t\($0)"], isGood: $0 < good,
                choices: ["kind": $0 < good ? "none" : "refusal/needless"])
        }
    }
}

private func result(
    _ outcomes: [JudgedOutcome], published: [GroupBias] = [], _ options: [String: OptionValue] = [:]
) -> RequirementResult? {
    var evidence = ReviewEvidence(
        card: ModelVersionCard(ModelVersionID(ConnectionName("tracking"), "chat", "3")),
        at: Timestamp(seconds: 1_800_000_000))
    (evidence.outcomes, evidence.bias) = (outcomes, BiasFigures.all(outcomes) + published)
    let all = options.merging(["attribute": .text("language")]) { first, _ in first }
    let policy = ReviewPolicy(name: "p", requires: [RequirementSpec("bias", options: all)])
    return RequirementCheck.results(policy, evidence).results.first
}

@Suite struct BiasTests {
    @Test("each group stands beside the largest, or beside the one that is named; who has a value of their own is none")
    func groups() {
        let all = outcomes([("en", 90, 10), ("de", 40, 12), ("fr", 3, 1)])
        let found = BiasFigures.groups(all, by: "language")
        #expect(
            found.map(\.title) == [
                "language: de 40 of 52 beside en 90 of 100", "language: fr 3 of 4 beside en 90 of 100",
            ])
        #expect(found[0].words == "SPD -0.131 [-0.269, -0.011], DIR 0.855 [0.729, 1.006]")
        #expect(!found[1].isEnough && found[1].words.hasPrefix("too few"))
        let named = BiasFigures.groups(all, by: "language", privileged: "de").map { $0.privileged?.value }
        #expect(named == ["de", "de"] && BiasFigures.groups(all, by: "language", privileged: "it").isEmpty)
        #expect(BiasFigures.groups(all, by: "tenant").isEmpty && BiasFigures.groups(all, by: "none").isEmpty)
        let refusals = BiasFigures.groups(all, by: "language", favorable: .init("kind=refusal"))
        #expect(refusals.first?.unprivileged == .init("de", favorable: 12, count: 52))
    }

    @Test("a policy's limits hold where all of the interval lies within, and what cannot be told is not met")
    func requirement() {
        let equal = outcomes([("en", 450, 50), ("de", 448, 52)])
        #expect(result(equal)?.outcome == .met)
        let far = outcomes([("en", 900, 100), ("de", 300, 200)])
        #expect(
            result(far)?.outcome == .missing && result(far)?.words.hasPrefix("beyond the limits: language: de") == true)
        let few = outcomes([("en", 90, 10), ("de", 20, 5)])
        #expect(result(few)?.outcome == .unknown && result(few)?.words.contains("too few") == true)
        #expect(result(outcomes([("en", 90, 10), ("de", 40, 12)]))?.words.hasPrefix("not certain") == true)
        #expect(
            result(outcomes([("en", 90, 10), ("de", 40, 12)]), ["spd": .number(0.3), "dir": .list(["0.7", "1.4"])])?
                .outcome == .met)
        let none = result([])
        #expect(none?.outcome == .unknown && none?.words.contains("tells groups of language apart") == true)
        let published = GroupBias("language", spd: .init(-0.2), isPublished: true)
        #expect(result(equal, published: [published])?.outcome == .missing)
        #expect(
            RequirementCheck.complaint(
                of: RequirementSpec("bias", options: ["attribute": .text("a"), "dir": .list(["1.2", "0.8"])]))
                == "`dir` wants two numbers around 1: [0.8, 1.25]")
    }

    @Test("what people judge keeps what its exchange told of itself, also when the exchange is gone")
    func judgedAnswers() async throws {
        let store = try Store.inMemory()
        let (clock, log) = (HandClock(), ConnectionName("log"))
        let desk = LabelDesk(store: store, settings: LabelingSettings(), author: "ana", clock: clock)
        let exchanges = (0..<40).map { number in
            var one = Interaction(
                id: "i\(number)", connection: log, model: ModelName("chat"),
                at: clock.now().advanced(by: Double(number) - 100), messages: [.init("user", "p \(number)")],
                response: "r \(number)", client: "key-\(number % 2)")
            one.attributes = [
                "language": .text(number < 20 ? "en" : "de"), "release": .text("v3"), "turns": .number(3),
                "long": .text(String(repeating: "x", count: 300)), "share": .number(0.5),
            ]
            return one
        }
        try store.append(exchanges.map { KeptInteraction($0) }, from: log, cursor: "x")
        let rubric = try #require(LabelingSettings().rubric("thumbs"))
        let queue = LabelQueue(name: "q", rubric: "thumbs", author: "ana", at: clock.now())
        let items = try await desk.items(of: queue, rubric)
        #expect(
            items.first?.target.attributes == ["language": "de", "release": "v3", "turns": "3", "client": "key-1"])
        try store.create(queue, rubric: rubric, items: items)
        for (place, item) in items.enumerated() {
            let value = JudgedValue.choice(place % 4 == 0 ? "bad" : "good")
            let act = LabelAct(.judge(["good": value], comment: ""), queue: "q", item: item.id, seconds: 1)
            _ = try await desk.perform(act)
        }
        let found = try BiasFigures.outcomes(store, model: ModelName("chat"), releases: ["v3", "3"])
        #expect(found.count == 40 && found.allSatisfy { $0.isGood != nil && $0.attributes["turns"] == "3" })
        #expect(BiasFigures.groups(found, by: "language").first?.words.hasPrefix("too few") == true)
        #expect(try BiasFigures.outcomes(store, model: ModelName("other")).isEmpty)
        #expect(try BiasFigures.outcomes(store, model: nil, releases: ["v4"]).isEmpty)
        #expect(found.compactMap(\.isGood).count { $0 } == 30)
    }
}
