import ArgumentParser
import PitEngine
import PitGrid
import PitModel
import PitStatistics

extension TrainCommand {
    struct Sweep: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try many values of parameters, and end the bad trials early.",
            discussion: """
                Trials are trainings of their own; when this command ends early, those that run go on, and \
                `pitwall train list --sweep NAME` shows them. With --halving a trial ends at steps 10, 30, 90, ... when its \
                metric is not among the best third of those that came as far (successive halving). The plan is kept: --resume \
                goes on with a sweep whose command ended early.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "The template.") var template: String?
        @Option(help: "Go on with this sweep.") var resume: String?
        @Option(help: "A parameter's values: NAME=VALUE,VALUE; may be given again.") var grid: [String] = []
        @Option(help: "A parameter that is the same in all trials: NAME=VALUE.") var set: [String] = []
        @Option(help: "Draw so many combinations instead of taking all.") var random: Int?
        @Option(help: "The seed by which they are drawn.") var seed: UInt64 = 1
        @Option(help: "The metric by which bad trials end early.") var halving: String?
        @Flag(help: "Higher values of it are better.") var max = false
        @Option(help: "The step at which the first trials end.") var firstStep = 10
        @Option(help: "One trial in so many goes on.") var factor = 3
        @Option(help: "Trials at most.") var budget = 20
        @Option(help: "GPU hours that all trials together may take; then the rest are stopped.") var budgetGpuHours:
            Double?
        @Option(help: "What all trials together may cost, by the template's gpu_price.") var budgetCost: Double?
        @Option(help: "Trials at once.") var atOnce = 2
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func validate() throws {
            if resume != nil {
                guard template == nil, grid.isEmpty, set.isEmpty else {
                    throw ValidationError("--resume goes on as it was planned: no template, --grid or --set beside it")
                }
                return
            }
            if template == nil { throw ValidationError("name a template, or a sweep with --resume") }
            for (name, value) in [("--budget-gpu-hours", budgetGpuHours), ("--budget-cost", budgetCost)] {
                if let value, !(value > 0 && value.isFinite) { throw ValidationError("\(name) wants more than 0") }
            }
            if grid.isEmpty { throw ValidationError("--grid NAME=VALUE,VALUE is needed at least once") }
            if !(1...1000).contains(budget) { throw ValidationError("--budget wants 1 to 1000") }
            if !(1...64).contains(atOnce) { throw ValidationError("--at-once wants 1 to 64") }
            if !(2...10).contains(factor) { throw ValidationError("--factor wants 2 to 10") }
            if firstStep < 1 { throw ValidationError("--first-step wants 1 or more") }
            if let random, random < 1 { throw ValidationError("--random wants 1 or more") }
        }

        func run() throws {
            let rows: [TrainingReport.Row]
            if let resume {
                rows = try TrainCommand.visit(config) { desk in
                    try await TrainingSweep.resume(resume, desk: desk) { Terminal.complain(Terminal.safe($0)) }
                        .map { ($0, desk.curves($0.id)) }
                }
            } else {
                rows = try begin()
            }
            Terminal.put(TrainingReport.trainings(rows, now: Stack.clock.now()).render(output))
        }

        private func begin() throws -> [TrainingReport.Row] {
            let fixed = try TrainCommand.pairs(set, "--set")
            let axes = try TrainCommand.pairs(grid, "--grid").sorted { $0.key < $1.key }.map { name, words in
                (name: name, values: words.split(separator: ",").map { String($0) })
            }
            if let empty = axes.first(where: { $0.values.isEmpty }) {
                throw Stop(.usage, "--grid \(empty.name): it names no values")
            }
            let chosen =
                random.map { SweepGrid.drawn(axes, count: min($0, budget), seed: seed) }
                ?? SweepGrid.all(axes, most: budget)
            let rule = halving.map { metric in
                (metric: metric, halving: SuccessiveHalving(first: firstStep, factor: factor, isHigherBetter: max))
            }
            let (template, atOnce) = (template ?? "", atOnce)
            let most =
                budgetGpuHours == nil && budgetCost == nil
                ? nil : SweepPlan.Budget(gpuHours: budgetGpuHours, cost: budgetCost)
            return try TrainCommand.visit(config) { desk in
                let sweep = TrainingSweep(desk: desk, template: template, atOnce: atOnce, rule: rule, budget: most) {
                    Terminal.complain(Terminal.safe($0))
                }
                return try await sweep.run(chosen.map { fixed.merging($0) { $1 } }, now: Stack.clock.now())
                    .map { ($0, desk.curves($0.id)) }
            }
        }
    }
}
