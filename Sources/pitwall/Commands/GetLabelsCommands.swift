import ArgumentParser
import PitEngine
import PitHTTP
import PitModel
import PitStore

/// What the lists of judged things take.
struct LabelListOptions: ParsableArguments {
    @OptionGroup var config: ConfigOption
    @OptionGroup var person: AnnotatorOption
    @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

    /// Prints a report of what is kept, as one person sees it.
    func put(_ make: (Store, _ author: String) throws -> Report) throws {
        let (_, made) = try config.load(Places())
        defer { made.stack.http.shutdown() }
        let settings = made.stack.settings
        let author = person.annotator ?? settings.labeling.annotator ?? settings.author
        do { Terminal.put(try make(made.stack.store, author).render(output)) } catch let fault as StoreFault {
            if case .refused = fault { throw Stop(.usage, fault.summary, hint: fault.hint) }
            throw Stop(.couldNotRun, fault.summary, hint: fault.hint)
        }
    }
}

extension GetCommand {
    struct Labels: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Labels: every answer that holds, of all people.",
            discussion: "Training data is made by `pitwall export labels`.")
        @OptionGroup var options: LabelListOptions
        @Option(help: "Only this queue.") var queue: String?
        @Option(help: "Only this person.") var author: String?
        @Option(help: "How many items at most.") var limit = 1000

        func run() throws {
            let (queue, author, limit) = (queue, author, limit)
            try options.put { store, _ in
                var items: [JudgedItem] = []
                while items.count < limit {
                    let page = try store.judgedItems(
                        queue: queue, after: items.last?.id, limit: min(500, limit - items.count))
                    guard !page.isEmpty else { break }
                    items += page
                }
                return LabelReport.labels(items, author: author)
            }
        }
    }

    struct Queues: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Queues: what is to be judged, and how far it is.")
        @OptionGroup var options: LabelListOptions
        func run() throws { try options.put { try LabelReport.queues($0.queues(for: $1)) } }
    }

    struct Rubrics: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rubrics: what people are asked, and with which keys.")
        @OptionGroup var options: LabelListOptions
        func run() throws {
            let (_, made) = try options.config.load(Places())
            defer { made.stack.http.shutdown() }
            Terminal.put(LabelReport.rubrics(made.rubrics).render(options.output))
        }
    }

    struct Agreement: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Agreement: how far the people agree who judged a queue, by question.",
            discussion: "Of a file: pitwall agreement FILE.csv.")
        @OptionGroup var options: LabelListOptions
        @Option(help: "The queue.") var queue: String

        func run() throws {
            let queue = queue
            try options.put { store, author in
                let rubric = try store.labelPage(queue, author: author, ahead: 0).rubric
                return LabelReport.agreement(
                    LabelAgreement.of(try store.sharedAnswers(queue: queue), rubric)
                        + LabelAgreement.ofMachines(try store.answersBesideMachines(queue: queue), rubric))
            }
        }
    }
}
