import ArgumentParser
import PitEngine
import PitHTTP
import PitModel
import PitStore

struct GoldenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "golden",
        abstract: "Golden laps: the same prompts, asked again and again, and whether the answers changed.",
        subcommands: [List.self, Lap.self, Show.self, Accept.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The latest lap of each model at each endpoint. Exits with 1 when one is apart.")
        @OptionGroup var config: ConfigOption
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let states = try GoldenCommand.states(made.stack.store)
            Terminal.put(GoldenReport.list(states).render(output))
            if states.contains(where: { $0.verdict == .apart }) { throw ExitCode.notWell }
        }
    }

    struct Lap: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a lap now, at every endpoint or of one model. Exits with 1 when it is apart.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The model; all without it.") var model: String?
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let (_, made) = try config.load(Places())
            let stack = made.stack
            defer { stack.http.shutdown() }
            try stack.requireWritable()
            let courses = GoldenRound.Course.all(stack.settings).filter {
                model == nil || $0.model.description == model
            }
            guard !courses.isEmpty else {
                throw Stop(
                    .usage, "there is no lap to run\(model.map { " of \($0)" } ?? "")",
                    hint: "Add `golden: {prompts: [...]}` and `endpoints: [...]` to the models.")
            }
            let round = stack.goldenRound { Terminal.complain(Terminal.safe($0)) }
            let whole = try Blocking.run {
                var whole = true
                for course in courses {
                    let lap = await round.lap(course)
                    whole = whole && lap?.isWhole == true
                }
                return whole
            }
            let asked = Set(courses.map { "\($0.model) \($0.connection)" })
            let states = try GoldenCommand.states(stack.store).filter { asked.contains("\($0.model) \($0.connection)") }
            Terminal.put(GoldenReport.list(states).render(output))
            if states.contains(where: { $0.verdict == .apart }) { throw ExitCode.notWell }
            if !whole { throw ExitCode.couldNotRun }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The latest lap of a model, prompt by prompt, the least alike first.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The model.") var model: String
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let states = try GoldenCommand.states(made.stack.store).filter { $0.model.description == model }
            guard !states.isEmpty else {
                throw Stop(.usage, "no lap of `\(model)` is known", hint: "Run one: pitwall golden lap \(model)")
            }
            Terminal.put(GoldenReport.lines(states).render(output))
        }
    }

    struct Accept: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a model as it answers now: laps are compared with those that follow.",
            discussion: "After a release that is meant to answer otherwise. It stands in the audit trail.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The model.") var model: String
        @Option(help: "Why.") var reason: String

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let settings = made.stack.settings
            try made.stack.requireWritable()
            let known = settings.models.map(\.name.description)
            guard known.contains(model) else {
                throw Stop(.usage, "there is no model `\(model)`", hint: "There are: \(known.joined(separator: ", ")).")
            }
            do throws(StoreFault) {
                try made.stack.store.acceptGolden(
                    ModelName(model), author: settings.author, reason: reason, at: Stack.clock.now())
            } catch { throw Stop(error) }
            Terminal.say(
                "\(Terminal.safe(model)): compared from now on, once \(GoldenState.leastLaps) laps are known")
        }
    }

    static func states(_ store: Store) throws -> [GoldenState] {
        do throws(StoreFault) {
            var states: [GoldenState] = []
            for (model, connection) in try store.goldenCourses().courses {
                if let state = GoldenJudgement.state(try store.goldenLaps(model, at: connection)) {
                    states.append(state)
                }
            }
            return states
        } catch { throw Stop(error) }
    }
}
