import ArgumentParser
import PitConfig
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore

extension GetCommand {
    struct Bias: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bias: how groups of an attribute fare, by what people judged; SPD and DIR with 95% intervals.",
            discussion: """
                SPD is the share of favorable answers of a group less that of the privileged one, DIR the first over the \
                second, as TrustyAI has them. Groups are told apart by what an exchange carries: its attributes, \
                `language`, `script`, `client`. The privileged group is the largest where none is named. Without \
                --attribute every one that tells groups apart is shown.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "The model; all without it.") var model: String?
        @Option(help: "Answers of one release; may stand several times.") var release: [String] = []
        @Option(help: "What tells the groups apart.") var attribute: String?
        @Option(help: "The group that the others are held against.") var privileged: String?
        @Option(help: "Which answers are favorable: a choice, or QUESTION=CHOICE; those that are good without it.")
        var favorable = "good"
        @Flag(help: "Also what TrustyAI publishes: the model's metrics are read.") var published = false
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func validate() throws {
            if privileged != nil, attribute == nil { throw ValidationError("--privileged needs --attribute") }
            if published, model == nil { throw ValidationError("--published needs a model") }
        }

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let name = model.map { ModelName($0) }
            if let name, !made.stack.settings.models.contains(where: { $0.name == name }) {
                let all = made.stack.settings.models.map(\.name.description)
                let near = Nearest.word(to: name.description, among: all)
                throw Stop(
                    .usage, "there is no model `\(name)`",
                    hint: near.map { "Did you mean `\($0)`?" } ?? "There are: \(all.joined(separator: ", ")).")
            }
            let wanted = BiasFigures.Favorable(favorable)
            let outcomes = try EvalCommand.told {
                try BiasFigures.outcomes(made.stack.store, model: name, releases: release)
            }
            var all =
                attribute.map {
                    BiasFigures.groups(outcomes, by: $0, privileged: privileged, favorable: wanted)
                } ?? BiasFigures.all(outcomes, favorable: wanted)
            if published, let name {
                let drift = try DeploymentVisit.run(config, reading: false) { visit, _ in
                    await visit.engine.pollOnce().models.first { $0.name == name }?.drift
                }
                all += BiasFigures.published(drift).filter { attribute == nil || $0.attribute == attribute }
            }
            Terminal.put(Self.report(all, outcomes).render(output))
        }

        static func report(_ all: [GroupBias], _ outcomes: [JudgedOutcome]) -> Report {
            func short(_ value: Report.Value) -> String {
                if case .number(let number) = value { EvaluationScoring.short(number) } else { "--" }
            }
            func figure(_ figure: GroupBias.Figure?, _ isEnough: Bool) -> [Report.Value] {
                let figure = isEnough ? figure : nil
                return [.optional(figure?.value), .optional(figure?.low), .optional(figure?.high)]
            }
            let names = Set(outcomes.flatMap(\.attributes.keys)).sorted()
            let empty =
                outcomes.isEmpty
                ? "nobody has judged an answer of it yet"
                : names.isEmpty
                    ? "\(outcomes.count) judged answers, none of which carries an attribute"
                    : "\(outcomes.count) judged answers, no two groups among them; they carry: "
                        + names.joined(separator: ", ")
            return Report(
                columns: [
                    .init(key: "attribute", title: "ATTRIBUTE"), .init(key: "group", title: "GROUP"),
                    .init(key: "favorable", title: "GOOD"), .init(key: "judged", title: "OF"),
                    .init(key: "privileged", title: "BESIDE"),
                    .init(key: "privileged_favorable", title: "GOOD"), .init(key: "privileged_judged", title: "OF"),
                    .init(key: "spd", title: "SPD", show: short), .init(key: "spd_low", title: "LOW", show: short),
                    .init(key: "spd_high", title: "HIGH", show: short), .init(key: "dir", title: "DIR", show: short),
                    .init(key: "dir_low", title: "LOW", show: short),
                    .init(key: "dir_high", title: "HIGH", show: short), .init(key: "says", title: "SAYS"),
                ],
                rows: all.map { bias in
                    func count(_ number: Int?) -> Report.Value { number.map { .count($0) } ?? .none }
                    let groups: [Report.Value] = [
                        .optional(bias.unprivileged?.value), count(bias.unprivileged?.favorable),
                        count(bias.unprivileged?.count), .optional(bias.privileged?.value),
                        count(bias.privileged?.favorable), count(bias.privileged?.count),
                    ]
                    return [.text(bias.attribute)] + groups + figure(bias.spd, bias.isEnough)
                        + figure(bias.dir, bias.isEnough)
                        + [.text(bias.isPublished ? "published" : bias.isEnough ? "judged" : "too few")]
                }, emptyText: empty)
        }
    }
}
