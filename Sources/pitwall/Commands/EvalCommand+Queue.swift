import ArgumentParser
import PitEngine
import PitHTTP
import PitModel

extension EvalCommand {
    struct Queue: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a queue of a run's worst cases, for people to judge: pitwall eval queue RUN NAME")
        @OptionGroup var config: ConfigOption
        @OptionGroup var person: AnnotatorOption
        @Argument(help: "The run, as `pitwall eval list` names it.") var id: String
        @Argument(help: "The queue's name: worst-of-support-3.") var name: String
        @Option(help: "The metric by which cases are the worst; the suite's first without it.") var metric: String?
        @Option(help: "Cases of one system.") var system: String?
        @Option(help: "Cases at most.") var count = 50
        @Option(help: "What is asked (pitwall get rubrics).") var rubric = "thumbs"

        func validate() throws {
            if !(1...10_000).contains(count) { throw ValidationError("--count wants 1 to 10000") }
        }

        func run() throws {
            let wanted = WorstCases(run: id, metric: metric, system: system, count: count)
            let (name, rubric) = (name, rubric)
            let page = try QueueCommand.desk(config, person) { desk in
                try await desk.create(name, rubric: rubric, of: wanted)
            }
            Terminal.say(
                "\(Terminal.safe(name)): \(page.total) items, rubric \(page.rubric.reference). "
                    + "Judge them: pitwall label \(Terminal.safe(name))")
        }
    }

    struct Log: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Log a run to MLflow, once: its figures, settings, verdict and worst cases.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The run, as `pitwall eval list` names it.") var id: String
        @Argument(help: "CONNECTION or CONNECTION:EXPERIMENT of kind mlflow.") var to: String

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            try made.stack.requireWritable()
            let log = try EvalLog(made.stack.settings, to)
            let run = try EvalCommand.told { try EvalRuns.find(id, made.stack.store) }
            Terminal.say(try log.log(run, made.stack.store))
        }
    }

    struct Example: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a suite to begin with: red-team or support.",
            discussion: "pitwall eval example red-team --connection gateway --model support-chat > red-team.yaml")
        @Argument(help: "red-team or support.") var name: String
        @Option(help: "The connection that is asked.") var connection = "my-server"
        @Option(help: "The model that is asked.") var model = "my-model"

        func run() throws {
            guard !(connection + model).contains(where: { "\"\\\n".contains($0) }) else {
                throw Stop(.usage, "names have no quotes, backslashes or line ends")
            }
            guard let text = SuiteExamples.text(name, connection: connection, model: model) else {
                throw Stop(
                    .usage, "there is no suite `\(name)` to begin with",
                    hint: "There are: \(SuiteExamples.names.joined(separator: ", ")).")
            }
            Terminal.put(text)
        }
    }
}
