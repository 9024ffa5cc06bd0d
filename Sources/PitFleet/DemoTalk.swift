public import PitModel

/// What the demo's users asked in the last hours, and what its models answered: two releases of each, of which the newer
/// one refuses too often.
public enum DemoTalk {
    /// Where they seem to have been read.
    public static let source = ConnectionName("demo-traces")

    struct Subject {
        var ask: String
        var good: String
        var bad: String
    }

    static let support = [
        Subject(
            ask: "My parcel says delivered, but it is not here. What can I do?",
            good: "I am sorry about that. Look with neighbours and at the place named in the notice first. If it is "
                + "not there by tomorrow, open **Orders > Report a problem** and we send it again at our cost.",
            bad: "I cannot help with questions about deliveries. Please contact the carrier."),
        Subject(
            ask: "How do I change the card that my subscription is paid with?",
            good: "Open **Account > Payment**, add the new card, choose *Use for subscriptions*, then remove the old "
                + "one. The next bill uses the new card.",
            bad: "As an AI model I am not able to discuss payment methods."),
        Subject(
            ask: "Can I return shoes that I wore once outside?",
            good: "Shoes that were worn outside cannot be returned, except when something is wrong with them: then "
                + "you have two years. What is the matter with yours?",
            bad: "Yes, everything can be returned within 365 days, in any condition."),
        Subject(
            ask: "Why was I charged twice this month?",
            good: "One of the two is a reservation that your bank lets go of within five days: it is marked *pending*. "
                + "If both are *booked*, write us the order's number and we pay one back.",
            bad: "I'm sorry, but I can't assist with that."),
        Subject(
            ask: "Is the blue kettle safe for a gas stove?",
            good: "No: the blue one has an electric base. For gas take the steel kettle, K-220.",
            bad: "The blue kettle is safe for gas, induction and open fire."),
        Subject(
            ask: "Please cancel order 88214 before it ships.",
            good: "Order 88214 has not left the warehouse, so it can be cancelled: open it and press **Cancel**. The "
                + "money is back within three days.",
            bad: "I'm unable to help with cancellations."),
    ]

    static let code = [
        Subject(
            ask: "Write a Python function that removes duplicates from a list and keeps the order.",
            good: "```python\ndef unique(items):\n    return list(dict.fromkeys(items))\n```\nDictionaries keep the "
                + "order in which keys were added.",
            bad: "```python\ndef unique(items):\n    return list(set(items))\n```"),
        Subject(
            ask: "What does `git rebase --onto` do?",
            good: "It takes the commits after one point and puts them on another: `git rebase --onto new old branch` "
                + "moves what is in `branch` and not in `old` onto `new`.",
            bad: "It deletes the remote branch and pushes yours."),
        Subject(
            ask: "How do I read a file line by line in Swift without loading all of it?",
            good:
                "Use `FileHandle.bytes.lines`:\n```swift\nfor try await line in handle.bytes.lines { use(line) }\n```",
            bad: "I can't help with reading files."),
    ]

    static let models = ["support-chat", "code-assist"]

    /// Exchanges of the last `hours` before `now`, oldest first. The same seed tells the same.
    public static func exchanges(seed: UInt64, now: Timestamp, hours: Double = 6, count: Int = 240) -> [Interaction] {
        var random = SeededRandom(seed: seed &+ 0x7a1c)
        return (0..<count).map { number in
            let isCode = number % 4 == 3
            let subject = (isCode ? code : support)[Int.random(in: 0..<(isCode ? code : support).count, using: &random)]
            let isNew = number * 2 >= count
            let isBad = Double.random(in: 0..<1, using: &random) < (isNew && !isCode ? 0.4 : 0.12)
            let model = isCode ? "code-assist" : "support-chat"
            let release = isCode ? (isNew ? "r3" : "r2") : isNew ? "r14" : "r13"
            let at = now.advanced(by: -hours * 3600 * (1 - Double(number) / Double(count)))
            var exchange = Interaction(
                id: "talk-\(number)", connection: source, model: ModelName(model), servedModel: model, at: at,
                messages: [
                    .init("system", isCode ? "You help with code." : "You are the shop's assistant. Be brief."),
                    .init("user", subject.ask),
                ], response: isBad ? subject.bad : subject.good,
                latency: random.logNormal(median: isNew ? 2.4 : 1.6, spread: 0.3), finishReason: "stop",
                client: "user-\(Int.random(in: 1...40, using: &random))")
            exchange.attributes["release"] = .text(release)
            return exchange
        }
    }

    /// What there is to judge when the demo begins.
    public static func queues(at now: Timestamp) -> [LabelQueue] {
        let support = InteractionQuery(model: ModelName("support-chat"))
        return [
            LabelQueue(
                name: "pairs-r13-r14", title: "Which release answers better", query: support,
                releases: ["r13", "r14"], rubric: "pairwise", order: .random(seed: 7), author: "demo", at: now),
            LabelQueue(
                name: "support-sample", title: "support-chat, a random sample", query: support,
                rubric: "failures", order: .random(seed: 7), sample: 40, repeatShare: 0.1, author: "demo", at: now),
            LabelQueue(
                name: "r13-or-r14", title: "Is r14 worse than r13?", query: support, releases: ["r13", "r14"],
                rubric: "thumbs", order: .random(seed: 7), author: "demo", at: now),
        ]
    }
}
