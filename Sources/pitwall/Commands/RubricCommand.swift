import ArgumentParser
import PitConfig
import PitModel

struct RubricCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rubric", abstract: "Rubrics: what people are asked, and with which keys they say it.",
        discussion: "They are listed by `pitwall get rubrics`.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a file of rubrics: one, or several under `rubrics`.",
            discussion: "Says what each key does, or what is wrong and where. Exits with 2 when something is.")
        @Argument(help: "The file (YAML).") var file: String

        func run() throws {
            let (read, issues) = ConfigFile.rubrics(file)
            guard let read else { throw Stop(.usage, issues.map(\.description).joined(separator: "\n")) }
            for issue in issues { Terminal.complain("\(issue)") }
            for rubric in read { Terminal.say(Self.words(rubric)) }
        }

        private static func words(_ rubric: Rubric) -> String {
            var lines = ["\(Terminal.safe(rubric.reference.description)): ok"]
            for question in rubric.questions {
                var keys = question.choices.map { "\($0.key ?? "--") \($0.title)" }
                if case .rating(let low, let high) = question.kind { keys = ["\(low)...\(high)"] }
                if let key = question.key { keys.insert("\(key) begins", at: 0) }
                let more = question.isRequired ? "" : ", not required"
                lines.append(Terminal.safe("  \(question.id)\(more): " + keys.joined(separator: ", ")))
            }
            return lines.joined(separator: "\n")
        }
    }
}
