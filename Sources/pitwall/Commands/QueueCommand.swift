import ArgumentParser
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore

struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Queues of exchanges that people judge.",
        subcommands: [Create.self, List.self, Assign.self], defaultSubcommand: List.self)

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a queue of exchanges that are kept.",
            discussion: """
                The items are chosen now and stay the same. A rubric that compares takes two different answers to the same \
                messages as one item; which of them stands left is drawn by lot.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "Its name: refusals-since-r14.") var name: String
        @Option(help: "Only exchanges with this model.") var model: String?
        @Option(name: .customLong("release"), help: "Only answers of this release; twice to compare two.")
        var releases: [String] = []
        @Option(help: "How far back: 1h, 7d.") var since: String?
        @Option(help: "Only those in which this was found: injection, pii/email.") var finding: String?
        @Option(help: "Only those that say this somewhere.") var text: String?
        @Option(help: "Only those that have this descriptor; with --least and --most, within them.") var feature:
            String?
        @Option(help: "The least value of --feature.") var least: Double?
        @Option(help: "The greatest value of --feature.") var most: Double?
        @Option(help: "newest, random, or coverage: one of each kind of answer first.") var order = "newest"
        @Option(help: "Of a random order: the same gives the same.") var seed: UInt64 = 1
        @Option(help: "At most so many.") var sample: Int?
        @Option(help: "Equally many of each model, or of each release.") var stratify: String?
        @Option(help: "\(RubricCatalog.shipped.map(\.name).joined(separator: ", ")).") var rubric = "thumbs"
        @Option(help: "Who is to judge: ana,ben. Anybody without it.") var assign: String?
        @Option(help: "How many people are to judge each item.") var overlap = 1

        func run() throws {
            let queue = try queue()
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let engine = made.stack.engine()
            switch try Blocking.run({ await engine.createQueue(queue) }) {
            case .success(let page):
                Terminal.say("\(page.total) items. Judge them: pitwall label \(Terminal.safe(name))")
            case .failure(let refusal): throw Stop(.usage, refusal.words, hint: refusal.hint)
            }
        }

        private func queue() throws -> LabelQueue {
            var query = InteractionQuery(
                model: model.map(ModelName.init), feature: feature, least: least, most: most, finding: finding,
                text: text)
            let now = Stack.clock.now()
            if let since {
                guard let span = Figures.seconds(from: since) else {
                    throw Stop(.usage, "--since wants a time such as 1h or 7d")
                }
                query.from = now.advanced(by: -span)
            }
            let orders: [String: LabelQueue.Order] = [
                "newest": .newest, "random": .random(seed: seed), "coverage": .coverage,
            ]
            guard let order = orders[order] else {
                throw Stop(.usage, "there is no order `\(order)`", hint: "There are: newest, random, coverage.")
            }
            guard stratify == nil || stratify == "model" || stratify == "release" else {
                throw Stop(.usage, "--stratify wants model or release")
            }
            guard overlap >= 1, sample.map({ $0 >= 1 }) ?? true else {
                throw Stop(.usage, "--overlap and --sample want 1 or more")
            }
            return LabelQueue(
                name: name, query: query, releases: releases, rubric: rubric, order: order, sample: sample,
                stratifyBy: stratify, assigned: assign.map(QueueCommand.people) ?? [], overlap: overlap,
                author: Places().author, at: now)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Which there are, and how far they are.")
        @OptionGroup var config: ConfigOption
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            do throws(StoreFault) {
                let report = Report(
                    columns: [
                        .init(key: "name", title: "QUEUE"), .init(key: "rubric", title: "RUBRIC"),
                        .init(key: "total", title: "ITEMS"), .init(key: "done", title: "DONE"),
                        .init(key: "own", title: "YOURS"), .init(key: "flagged", title: "FLAGGED"),
                        .init(key: "assigned", title: "ASSIGNED"), .init(key: "author", title: "BY"),
                        .init(key: "at", title: "MADE"),
                    ],
                    rows: try made.stack.store.labelQueues(for: made.stack.settings.author).map { state in
                        [
                            .text(state.queue.name), .text(state.queue.rubric), .count(state.total), .count(state.done),
                            .count(state.own), .count(state.flagged),
                            .text(state.queue.assigned.joined(separator: ",")), .text(state.queue.author),
                            .time(state.queue.at),
                        ]
                    }, emptyText: "no queue yet; make one: pitwall queue create NAME --model MODEL")
                Terminal.put(report.render(output))
            } catch { throw Stop(.couldNotRun, error.summary, hint: error.hint) }
        }
    }

    struct Assign: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say who is to judge a queue.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The queue.") var name: String
        @Argument(help: "The people: ana,ben. Nobody in particular without it.") var people: String = ""

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            do throws(StoreFault) {
                let isThere = try made.stack.store.assign(
                    name, to: QueueCommand.people(people), by: Places().author, at: Stack.clock.now())
                if isThere { return Terminal.say("assigned") }
            } catch { throw Stop(.couldNotRun, error.summary, hint: error.hint) }
            throw Stop(.usage, "there is no queue `\(name)`", hint: "See them: pitwall queue list")
        }
    }

    static func people(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }.filter { !$0.isEmpty }
    }
}
