import ArgumentParser
import Foundation
import PitConfig
import PitEngine
import PitModel
import PitParse

struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Pitwall's own rules: unit tests for them.", subcommands: [Test.self])

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run unit tests of rules against series that are written down.",
            discussion: """
                The file is like promtool's: `tests`, each with `interval`, `input_series` and `alert_rule_test`.
                Its own `rules` section is tested, or, without one, the rules of the configuration.
                Exits with 1 when a test fails.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "The file of tests (YAML).") var file: String

        func run() throws {
            guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8)
            else { throw Stop(.couldNotRun, "\(file) cannot be read", hint: "Does it exist, as UTF-8?") }
            let (read, issues) = ConfigFile.reader.readRuleTests(text, file: file)
            guard let read else { throw Stop(.usage, issues.map(\.description).joined(separator: "\n")) }
            let rules = try read.rules ?? ConfigFile(config.config, Places()).load().rules.rules
            var failed = 0
            for test in read.tests {
                let complaints = try Self.complaints(test, rules, file)
                Terminal.say(complaints.isEmpty ? "ok      \(test.name)" : "FAILED  \(test.name)")
                for complaint in complaints { Terminal.say("        \(complaint)") }
                if !complaints.isEmpty { failed += 1 }
            }
            Terminal.say("\(read.tests.count - failed) of \(read.tests.count) tests passed")
            if failed > 0 { throw ExitCode.notWell }
        }

        private static func complaints(_ test: RuleTestFile.Test, _ rules: [Rule], _ file: String) throws -> [String] {
            var inputs: [RuleTrial.Input] = []
            for series in test.series {
                let key: SeriesKey
                do throws(SelectorText.Fault) {
                    let matchers = try SelectorText.parse(series.text)
                    let name = matchers.first { $0.name == "__name__" }?.value ?? ""
                    key = SeriesKey(
                        name, matchers.filter { $0.name != "__name__" }.map { Label($0.name, $0.value) })
                } catch { throw Stop(.usage, "\(file):\(series.line): \(series.text): \(error.summary)") }
                do throws(SeriesNotation.Fault) {
                    inputs.append(RuleTrial.Input(key, try SeriesNotation.parse(series.values)))
                } catch { throw Stop(.usage, "\(file):\(series.line): \(error.summary)") }
            }
            let names = Set(rules.map(\.name))
            let trial = RuleTrial(rules: rules, interval: test.interval, inputs: inputs)
            let alerts = trial.alerts(at: test.checks.map(\.at))
            let unknown = trial.unknownMetrics
            return test.checks.flatMap { check -> [String] in
                guard names.contains(check.alert) else {
                    return ["line \(check.line): there is no rule \(check.alert)"]
                }
                let there = (alerts[check.at] ?? []).filter {
                    $0.name == check.alert && [.firing, .suppressed, .pending].contains($0.state)
                }
                let complaints = Self.differences(check, there)
                guard !complaints.isEmpty, let missing = unknown[check.alert] else { return complaints }
                return complaints + missing.map { Self.words(for: $0, of: check.alert, among: inputs) }
            }
        }

        /// Why a rule says nothing though it should.
        private static func words(for metric: String, of rule: String, among inputs: [RuleTrial.Input]) -> String {
            let near = Nearest.word(to: metric, among: Set(inputs.map(\.series.name)).sorted())
            return "\(rule) looks at \(metric), which no `input_series` of this test has"
                + (near.map { ": did you mean \($0)?" } ?? "")
        }

        private static func differences(_ check: RuleTestFile.Check, _ there: [Alert]) -> [String] {
            var left = there
            var complaints: [String] = []
            for expected in check.expected {
                let labels = expected.labels.merging(["alertname": check.alert]) { $1 }
                let index = left.firstIndex { alert in
                    alert.labels == labels && (alert.state == .pending) == expected.isPending
                        && expected.annotations.allSatisfy { alert.annotations[$0.key] == $0.value }
                }
                if let index {
                    left.remove(at: index)
                } else {
                    let word = expected.isPending ? "pending" : "firing"
                    complaints.append(
                        "at \(Report.duration(.number(check.at))): expected \(word) \(spell(labels)) \(spell(expected.annotations))"
                    )
                }
            }
            // As in promtool, what is pending is no surprise where only what fires is asked for.
            let asksForPending = check.expected.contains { $0.isPending }
            for alert in left where alert.state != .pending || asksForPending {
                complaints.append(
                    "at \(Report.duration(.number(check.at))): \(alert.state == .pending ? "pending" : "firing"), not expected: "
                        + "\(spell(alert.labels)) \(spell(alert.annotations))")
            }
            return complaints
        }

        private static func spell(_ pairs: [String: String]) -> String {
            pairs.isEmpty ? "" : Report.plain(.map(pairs))
        }
    }
}
