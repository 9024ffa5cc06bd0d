import Foundation
import PitModel
import PitStatistics

/// Exchanges with a model as people have them: how many, and how long they are, follows the hour of the day.
struct SeasonalTalk {
    private static let words = [
        "please", "open", "the", "settings", "page", "and", "then", "choose", "a", "password", "that", "you", "like",
        "order", "parcel", "invoice", "card", "account", "today", "thanks", "refund", "delivery", "address", "phone",
    ]
    /// What the responses say more of once they have changed.
    static let newWords = ["unfortunately", "kestrel", "upgrade", "premium", "subscription", "offer", "discount"]

    let start: Timestamp
    var perHour = 100.0
    /// From when on responses are written with so large a share of new words.
    var shiftAt: Timestamp?
    var share = 0.5
    private var random: SplitMix
    private var number = 0

    init(from start: Timestamp, perHour: Double = 100, seed: UInt64 = 11) {
        (self.start, self.perHour, random) = (start, perHour, SplitMix(state: seed))
    }

    private mutating func text(_ mean: Double, _ newShare: Double) -> String {
        let count = max(3, Int(mean * exp(random.normal() * 0.4)))
        return (0..<count).map { _ in
            let list = random.unit() < newShare ? Self.newWords : Self.words
            return list[Int(random.unit() * Double(list.count))]
        }.joined(separator: " ")
    }

    /// What was said between two moments, described.
    mutating func exchanges(from: Timestamp, to: Timestamp) -> [KeptInteraction] {
        let swing = sin(2 * .pi * from.since(start) / 86400)
        let count = random.poisson(perHour * (1 + 0.4 * swing) * to.since(from) / 3600)
        return (0..<count).map { _ in
            number += 1
            let at = from.advanced(by: random.unit() * to.since(from))
            let isShifted = shiftAt.map { at >= $0 } ?? false
            var said = Interaction(
                id: "t\(number)", connection: ConnectionName("log"), model: ModelName("m"), servedModel: "m-1", at: at,
                messages: [.init("user", text(9 * (1 + 0.2 * swing), 0))],
                response: text(14, isShifted ? share : 0), latency: exp(random.normal() * 0.5),
                finishReason: random.unit() < 0.1 ? "length" : "stop")
            said.responseTokens = said.response.map { $0.utf8.count / 4 }
            said.attributes = [
                "tier": .text(random.unit() < 0.3 ? "gold" : "free"), "request": .text("r-\(number)"),
                "sequence": .number(at.seconds),
            ]
            return KeptInteraction(said, features: ResponseDescriptors.describe(said))
        }
    }
}
