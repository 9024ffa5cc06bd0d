public import PitModel

/// What people asked the demo's models, and what these answered: some of it well, the newer release less so.
public struct FleetTalk: Sendable {
    private let seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    private static let subjects = [
        "my order 88231 was charged twice, can I get one of them back?", "how do I change the address of a parcel?",
        "which plan has room for twelve people?", "the app signs me out every hour, what can I do?",
        "can I keep my number when I move abroad?", "do you ship to the Azores, and how long does it take?",
        "I was promised a discount and do not see it on the bill.", "how do I close the account of my late father?",
        "is there a way to see who logged in to my account?", "the invoice has the wrong tax number, who mends it?",
    ]
    private static let good = [
        "Yes. Open Payments, choose the entry, and press Refund; it takes three to five days. I have noted it for you.",
        "You can do that under Account, Details, until the parcel has left our house. Afterwards the carrier's page does it.",
        "That is the Team plan. It has room for fifteen, costs the same for each, and can be ended any month.",
        "I am sorry about that. Please update to 6.2, sign in once more, and tick `remember this device`.",
    ]
    private static let bad = [
        "I'm sorry, but I can't help with payments.",
        "I'm sorry, but I can't help with that request.",
        "Sure! According to section 14b of our terms every customer is owed a second parcel at no cost.",
        "Have you tried turning it off and on? Have you tried turning it off and on? Have you tried turning it off and on?",
    ]

    /// `count` exchanges with one model over the hour before `end`, half of them with each of two releases.
    public func exchanges(of model: ModelName, releases: [String], count: Int, before end: Timestamp) -> [Interaction] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { number in
            let isNew = number * 2 >= count
            let release = releases[isNew ? releases.count - 1 : 0]
            let isBad = Double.random(in: 0..<1, using: &random) < (isNew ? 0.4 : 0.1)
            let answers = isBad ? Self.bad : Self.good
            return Interaction(
                id: "talk-\(number)", connection: ConnectionName("talk"), model: model,
                at: end.advanced(by: -3600 * (1 - Double(number) / Double(max(1, count)))),
                messages: [
                    .init("system", "You help the customers of a shop. Be brief, be right, promise nothing."),
                    .init("user", Self.subjects[number % Self.subjects.count]),
                ],
                response: answers[
                    Int(Double.random(in: 0..<1, using: &random) * Double(answers.count)) % answers.count],
                attributes: ["release": .text(release)])
        }
    }
}
