import ArgumentParser
import Foundation
import PitEngine
import PitGrid
import PitModel
import Synchronization

extension PromptCommand {
    struct Try: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "try",
            abstract: "Put a version, filled in, to one or several served models, with time, tokens and cost.",
            discussion: """
                With --file each line of JSON (`{"question": "..."}`) is one input: its fields are the variables. One model's \
                answer is shown as it comes. Exits with 1 when an answer failed.
                """)
        enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

        @OptionGroup var config: ConfigOption
        @Argument(help: "The prompt.") var name: String
        @Option(help: "The version's number; the newest without a choice.") var version: Int?
        @Option(help: "The version that an alias points to.") var alias: String?
        @Option(help: "A connection that answers chats, or CONNECTION:MODEL; may stand several times.") var on: [String]
        @Option(name: .customLong("set"), help: "A variable: name=value; may stand several times.") var sets: [String] =
            []
        @Option(help: "Inputs, one line of JSON each.") var file: String?
        @Option(help: "Inputs of the file at most.") var limit = 100
        @Option(help: "The temperature; the server's own without it.") var temperature: Double?
        @Option(help: "Tokens of an answer at most.") var maxTokens = 1024
        @Option(name: .shortAndLong, help: "text or json.") var output: Output = .text

        func validate() throws {
            if !(1...PromptTrial.mostTargets).contains(on.count) {
                throw ValidationError("--on stands 1 to \(PromptTrial.mostTargets) times")
            }
            if on.contains(where: { PromptTrial.Target($0) == nil }) {
                throw ValidationError("--on names a connection")
            }
            if sets.contains(where: { !$0.contains("=") }) { throw ValidationError("--set wants name=value") }
            if !(1...100_000).contains(limit) { throw ValidationError("--limit wants 1 to 100000") }
        }

        private var given: [String: String] {
            Dictionary(
                sets.map { words in
                    let parts = words.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    return (String(parts[0]), String(parts[1]))
                }, uniquingKeysWith: { $1 })
        }

        func run() throws {
            let inputs = try inputs()
            let (name, number, alias, targets) = (name, version, alias, on.compactMap { PromptTrial.Target($0) })
            let settings = GenerationSettings(temperature: temperature, maxTokens: maxTokens)
            let (output, isOne) = (output, inputs.count == 1 && on.count == 1)
            let failed = try PromptVisit.run(config) { visit in
                let prompt = try await visit.find(name)
                let version = try await visit.version(number, alias, of: prompt)
                // All inputs are looked at before anything is asked.
                let filled = try inputs.map { try version.values($0) }
                var failed = 0
                for (index, values) in filled.enumerated() {
                    let trial = PromptTrial(
                        subject: prompt.id, version: version.number, messages: version.body.filled(values).messages,
                        targets: targets, settings: settings)
                    let stream = output == .text && isOne ? StreamedText() : nil
                    let done = await PromptTrialRun(visit.stack.settings.servers).run(trial) { stream?.show($0) }
                    stream?.end()
                    if output == .json {
                        Terminal.put(TrialReport.json(done, input: index, values))
                    } else {
                        Terminal.say(
                            TrialReport.lines(done, input: filled.count > 1 ? index : nil, withText: stream == nil).map(
                                Terminal.safe
                            ).joined(separator: "\n"))
                    }
                    failed += done.answers.count { $0.stage != .done }
                }
                return failed
            }
            if failed > 0 { throw ExitCode.notWell }
        }

        /// What variables are to be, an input each.
        private func inputs() throws -> [[String: String]] {
            guard let file else { return [given] }
            guard let data = FileManager.default.contents(atPath: file) else {
                throw Stop(.usage, "\(file) cannot be read", hint: "Does it exist?")
            }
            guard data.count <= 64 << 20 else { throw Stop(.usage, "\(file) is larger than 64 MiB") }
            var all: [[String: String]] = []
            for (number, line) in data.split(separator: 10).enumerated() where all.count < limit {
                guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
                    throw Stop(.usage, "\(file):\(number + 1): no object of JSON")
                }
                let words = object.compactMapValues { value -> String? in
                    if let text = value as? String { return text }
                    guard !(value is NSNull),
                        let data = try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed])
                    else { return nil }
                    return String(decoding: data, as: UTF8.self)
                }
                all.append(words.merging(given) { $1 })
            }
            guard !all.isEmpty else { throw Stop(.usage, "\(file) has no line") }
            return all
        }
    }
}

/// One model's answer, shown as it comes.
private final class StreamedText: Sendable {
    private let shown = Mutex(0)

    func show(_ trial: PromptTrial) {
        guard let text = trial.answers.first?.text else { return }
        shown.withLock { shown in
            let bytes = Array(text.utf8)
            guard bytes.count > shown else { return }
            let lines = String(decoding: bytes[shown...], as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false)
            Terminal.put(lines.map { Terminal.safe(String($0)) }.joined(separator: "\n"))
            shown = bytes.count
        }
    }

    func end() { if shown.withLock({ $0 }) > 0 { Terminal.put("\n") } }
}

/// What came of a trial, as lines and as JSON.
enum TrialReport {
    static func lines(_ trial: PromptTrial, input: Int?, withText: Bool) -> [String] {
        trial.answers.flatMap { answer -> [String] in
            let place = input.map { "input \($0 + 1), " } ?? ""
            let head = "== \(place)\(answer.target), version \(trial.version): "
            switch answer.stage {
            case .broken(let why): return [head + why]
            case .coming: return [head + "no end was told"]
            case .done:
                func seconds(_ value: Double?) -> String { value.map { "\(Figures.short($0)) s" } ?? "--" }
                func count(_ value: Int?) -> String { value.map { "\($0)" } ?? "--" }
                let cost = answer.cost.map { ", cost \(Figures.short($0 * 1000)) per 1000 such" } ?? ""
                let figures =
                    "\(seconds(answer.seconds)), first after \(seconds(answer.firstSeconds)), "
                    + "\(count(answer.promptTokens)) + \(count(answer.tokens)) tokens\(cost)"
                return [head + figures] + (withText ? PromptReport.split(answer.text) : [])
            }
        }
    }

    /// A line an answer.
    static func json(_ trial: PromptTrial, input: Int, _ values: [String: String]) -> String {
        trial.answers.map { answer in
            func orNull(_ value: (some Any)?) -> Any { value.map { $0 as Any } ?? NSNull() }
            var fault: String?
            if case .broken(let why) = answer.stage { fault = why }
            let object: [String: Any] = [
                "prompt": trial.subject, "version": trial.version, "input": input, "variables": values,
                "connection": answer.target.connection.description, "model": orNull(answer.target.model),
                "answer": fault == nil ? answer.text as Any : NSNull(), "fault": orNull(fault),
                "seconds": orNull(answer.seconds), "ttft_seconds": orNull(answer.firstSeconds),
                "prompt_tokens": orNull(answer.promptTokens), "generation_tokens": orNull(answer.tokens),
                "cost": orNull(answer.cost),
            ]
            let data = try? JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
            return (data.map { String(decoding: $0, as: UTF8.self) } ?? "{}") + "\n"
        }.joined()
    }
}
