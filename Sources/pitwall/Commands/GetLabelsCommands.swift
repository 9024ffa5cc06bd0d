import ArgumentParser
import PitEngine
import PitGrid
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
            throw Stop(fault)
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
            abstract: "Agreement: how far the people agree who judged a queue, by question; with --by, over time.",
            discussion: "Of a file: pitwall agreement FILE.csv.")
        @OptionGroup var options: LabelListOptions
        @Option(help: "The queue.") var queue: String
        @Option(help: "Span by span: day, week, or a time such as 12h.") var by: String?

        func run() throws {
            let (queue, seconds) = (queue, try LabelSpan.seconds(by))
            try options.put { store, author in
                let rubric = try store.labelPage(queue, author: author, ahead: 0).rubric
                if let seconds {
                    return LabelReport.agreement(
                        LabelAgreement.overTime(try store.sharedAnswers(queue: queue), rubric, seconds: seconds))
                }
                return LabelReport.agreement(
                    LabelAgreement.of(try store.sharedAnswers(queue: queue), rubric)
                        + LabelAgreement.ofMachines(try store.answersBesideMachines(queue: queue), rubric))
            }
        }
    }

    struct Annotators: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Annotators: how each person judged a queue, span by span, and whether that changed.",
            discussion: """
                Shares of answers called good, that say what most others say, that are right by the gold queue, and what of \
                it is another than in all earlier spans (two proportions, two-sided, 1 %; 20 answers on either side).
                """)
        @OptionGroup var options: LabelListOptions
        @Option(help: "The queue.") var queue: String
        @Option(help: "Span by span: day, week, or a time such as 12h.") var by = "week"

        func run() throws {
            let (queue, seconds) = (queue, try LabelSpan.seconds(by) ?? LabelSpan.week)
            try options.put { store, author in
                let page = try store.labelPage(queue, author: author, ahead: 0)
                var truth: [String: [String: Set<JudgedValue>]] = [:]
                if let gold = page.queue.gold {
                    for answer in try store.answers(in: gold) where answer.origin == .person {
                        guard let value = answer.value else { continue }
                        truth[answer.item, default: [:]][answer.question, default: []].insert(value)
                    }
                }
                return LabelReport.annotators(
                    AnnotatorSpan.of(try store.answers(in: queue), page.rubric, truth: truth, seconds: seconds))
            }
        }
    }
}

/// Spans of time that figures are given by.
enum LabelSpan {
    static let week = 7 * 86400.0

    static func seconds(_ words: String?) throws -> Double? {
        switch words {
        case nil: return nil
        case "day": return 86400
        case "week": return week
        case let words?:
            guard let seconds = Figures.seconds(from: words), seconds >= 60 else {
                throw Stop(.usage, "--by wants day, week, or a time such as 12h")
            }
            return seconds
        }
    }
}
