public import ArgumentParser
import PitConfig
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore

struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Queues of exchanges to be judged.",
        subcommands: [Create.self, List.self, Assign.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a queue of the exchanges that are kept and fit.",
            discussion: """
                Two releases (--release twice) are judged in turn and without a name, until it is told which is better. \
                A rubric that compares answers finds those to the same prompt.
                """)
        enum Order: String, ExpressibleByArgument, CaseIterable { case newest, random, uncertainty, coverage }

        @OptionGroup var config: ConfigOption
        @OptionGroup var person: AnnotatorOption
        @Argument(help: "Its name: refusals-since-r14.") var name: String
        @Option(help: "What it is about.") var title: String?
        @Option(help: "Only those with this model.") var model: String?
        @Option(help: "Only those of this connection.") var connection: String?
        @Option(name: .customLong("release"), help: "Only those of this release; twice compares two.") var releases:
            [String] = []
        @Option(help: "Only those since: 2h, 7d, or 2026-01-31T10:00:00Z.") var from: String?
        @Option(help: "Only those until.") var to: String?
        @Option(help: "Only those in which this was found: injection, pii/email.") var finding: String?
        @Option(help: "Only those that have this descriptor; with --least and --most, within them.") var feature:
            String?
        @Option(help: "The least value of --feature.") var least: Double?
        @Option(help: "The greatest value of --feature.") var most: Double?
        @Option(help: "The word that --feature has.") var word: String?
        @Option(help: "Only those that say this somewhere.") var text: String?
        @Option(help: "Only those of which users said this: good, bad, any.") var feedback: LabelQueue.Feedback?
        @Option(help: "newest, random, uncertainty or coverage.") var order: Order = .newest
        @Option(help: "Of --order random: the same seed gives the same order.") var seed: UInt64 = 1
        @Option(help: "At most so many items.") var sample: Int?
        @Option(help: "Equally many of each value of this: model, release, language.") var stratify: String?
        @Option(help: "What is asked (pitwall get rubrics).") var rubric = "thumbs"
        @Option(help: "Who is to judge: ana,bo; whoever opens it without it.") var assign: String?
        @Option(help: "How many people are to judge each item.") var overlap = 1
        @Option(name: .customLong("repeat"), help: "The share of items that come again, unannounced: 0.05.")
        var repeatShare = 0.0
        @Option(help: "A queue whose answers are the truth: some of it is mixed in.") var gold: String?

        func validate() throws {
            if let sample, sample < 1 { throw ValidationError("--sample wants 1 or more") }
            if !(1...100).contains(overlap) { throw ValidationError("--overlap wants 1 to 100") }
            if !(0...0.5).contains(repeatShare) { throw ValidationError("--repeat wants 0 to 0.5") }
            if feature == nil, least != nil || most != nil || word != nil {
                throw ValidationError("--least, --most and --word want --feature")
            }
        }

        func run() throws {
            let now = Stack.clock.now()
            var query = InteractionQuery(
                model: model.map(ModelName.init), connection: connection.map(ConnectionName.init), feature: feature,
                least: least, most: most, word: word, finding: finding, text: text)
            query.from = try from.map { try Moment.read($0, "--from") }
            query.to = try to.map { try Moment.read($0, "--to") }
            var queue = LabelQueue(
                name: name, title: title ?? "", query: query, releases: releases, rubric: rubric,
                order: ordering, sample: sample, stratifyBy: stratify, assigned: QueueCommand.people(assign),
                overlap: overlap, repeatShare: repeatShare, author: "", at: now)
            (queue.gold, queue.feedback) = (gold, feedback)
            let share = isPlain ? try ConfigFile(config.config, Places()).load().share : nil
            if let shared = try ConfigFile.sharedQueue(name, share, now: now) {
                queue = shared
                queue.name = name
            }
            let page = try QueueCommand.desk(config, person) { [queue] desk in try await desk.create(queue) }
            Terminal.say(
                "\(Terminal.safe(name)): \(page.total) items, rubric \(page.rubric.reference). "
                    + "Judge them: pitwall label \(Terminal.safe(name))")
        }

        /// Whether nothing but the name is given: then a queue that the team describes under it is meant.
        private var isPlain: Bool {
            [title, model, connection, from, to, finding, feature, word, text, stratify, assign, gold].allSatisfy {
                $0 == nil
            } && releases.isEmpty && sample == nil && feedback == nil && order == .newest && rubric == "thumbs"
        }

        private var ordering: LabelQueue.Order {
            switch order {
            case .newest: .newest
            case .random: .random(seed: seed)
            case .uncertainty: .uncertainty
            case .coverage: .coverage
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the queues, the newest first.")
        @OptionGroup var options: LabelListOptions
        func run() throws { try options.put { try LabelReport.queues($0.queues(for: $1)) } }
    }

    struct Assign: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say who is to judge a queue, and how many each item: pitwall queue assign NAME --to ana,bo")
        @OptionGroup var config: ConfigOption
        @OptionGroup var person: AnnotatorOption
        @Argument(help: "The queue.") var name: String
        @Option(help: "Names with commas between; whoever opens it without it.") var to: String?
        @Option(help: "How many people are to judge each item; as it was without it.") var overlap: Int?

        func validate() throws {
            if let overlap, !(1...100).contains(overlap) { throw ValidationError("--overlap wants 1 to 100") }
        }

        func run() throws {
            let (name, people, overlap) = (name, QueueCommand.people(to), overlap)
            try QueueCommand.desk(config, person) { desk in
                try await desk.assign(name, to: people, overlap: overlap)
            }
            Terminal.say(
                "\(Terminal.safe(name)): "
                    + (people.isEmpty ? "whoever opens it" : Terminal.safe(people.joined(separator: ", "))))
        }
    }

    static func people(_ words: String?) -> [String] {
        (words ?? "").split(separator: ",").map { $0.trimmed() }.filter { !$0.isEmpty }
    }

    /// Does something at the desk of a configuration.
    @discardableResult
    static func desk<T: Sendable>(
        _ config: ConfigOption, _ person: AnnotatorOption,
        _ body: @escaping @Sendable (LabelDesk) async throws -> T
    ) throws -> T {
        let (_, made) = try config.load(Places())
        var stack = made.stack
        defer { stack.http.shutdown() }
        try stack.requireWritable()
        stack.settings.labeling.annotator = person.annotator ?? stack.settings.labeling.annotator
        let desk = stack.labelDesk
        do { return try Blocking.run { try await body(desk) } } catch let fault as StoreFault {
            if case .refused = fault { throw Stop(.usage, fault.summary, hint: fault.hint) }
            throw Stop(fault)
        }
    }
}

extension LabelQueue.Feedback: ExpressibleByArgument {}

extension Substring {
    fileprivate func trimmed() -> String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
