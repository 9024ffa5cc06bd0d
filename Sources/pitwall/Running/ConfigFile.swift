import Foundation
import PitConfig
import PitConnect
import PitEngine
import PitModel
import PitParse
import PitSafety

/// The configuration on disk.
struct ConfigFile: Sendable {
    let path: String

    static var reader: ConfigReader {
        var reader = ConfigReader(
            kinds: connectorCatalog.map { $0.about }, profiles: profileCatalog.map { $0.id },
            sources: connectorCatalog.filter { $0 is any InteractionReading.Type }.map { $0.about.id },
            redactions: Redaction.kinds)
        reader.detectors = detectorCatalog.map { $0.about.id }
        reader.keepers = connectorCatalog.filter { $0 is any AssessmentKeeping.Type }.map { $0.about.id }
        reader.builtInRules = ruleCatalog
        reader.requirements = requirementCatalog.map { $0.about }
        reader.checkRequirement = { RequirementCheck.complaint(of: $0) }
        reader.checkExpression = { text in
            do throws(RuleParser.Fault) {
                let names = try RuleParser.parse(text).selectors.joined().filter { $0.name == "__name__" }.map(\.value)
                let unknown = names.first { $0.hasPrefix("pitwall_") && !ownMetricNames.contains($0) }
                return unknown.map { name in
                    let near = Nearest.word(to: name, among: ownMetricNames.sorted())
                    return .init(
                        what: "pitwall has no metric \(name)",
                        hint: near.map { "Did you mean \($0)?" }
                            ?? "There are: \(ownMetricNames.sorted().joined(separator: ", ")).")
                }
            } catch { return .init(what: error.summary, hint: "Understood are: \(RuleParser.usage).") }
        }
        return reader
    }

    /// The file named, or the usual one.
    init(_ named: String?, _ places: Places) { path = named ?? places.configFile }

    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    func read() -> ConfigReader.Outcome {
        guard let data = FileManager.default.contents(atPath: path) else {
            let why = exists ? "cannot be read" : "does not exist"
            let hint =
                exists ? "Mend its rights." : "Make one with: pitwall init. Or look around first with: pitwall demo."
            return ConfigReader.Outcome(
                config: nil, issues: [ConfigIssue(file: path, line: 0, column: 0, what: why, hint: hint)])
        }
        guard let text = String(data: data, encoding: .utf8) else {
            let issue = ConfigIssue(file: path, line: 0, column: 0, what: "is not UTF-8", hint: "Save it as UTF-8.")
            return ConfigReader.Outcome(config: nil, issues: [issue])
        }
        var outcome = Self.reader.read(text, file: path)
        addRubrics(&outcome)
        placeKnowledge(&outcome)
        addShared(&outcome)
        return outcome
    }

    /// A path as the configuration writes it: from its own folder on, unless it is whole.
    private func beside(_ named: String) -> String {
        let whole = (named as NSString).expandingTildeInPath
        let here = URL(filePath: path).deletingLastPathComponent()
        return (whole.hasPrefix("/") ? URL(filePath: whole) : here.appending(path: whole)).standardizedFileURL.path
    }

    /// Beside the configuration, unless it says otherwise.
    private func placeKnowledge(_ outcome: inout ConfigReader.Outcome) {
        guard let named = outcome.config?.knowledge?.path else { return }
        outcome.config?.knowledge?.path = beside(named)
    }

    /// What the team shares: rubrics, rules and policies now; suites and queues when they are asked for. What the
    /// configuration itself says stands above it.
    private func addShared(_ outcome: inout ConfigReader.Outcome) {
        guard var config = outcome.config, let named = config.share else { return }
        let folder = beside(named)
        config.share = folder
        guard FileManager.default.fileExists(atPath: folder) else {
            outcome.issues.append(
                ConfigIssue(
                    file: path, line: 0, column: 0, what: "the shared folder \(folder) does not exist",
                    hint: "Clone it there, or mend `share: {path: ...}`."))
            outcome.config = nil
            return
        }
        let own = Set(config.labeling.rubrics.map(\.name)).subtracting(rubricCatalog.map(\.name))
        for file in Self.files(folder + "/rubrics") {
            let (rubrics, issues) = Self.rubrics(file)
            outcome.issues += issues
            config.labeling.add((rubrics ?? []).filter { !own.contains($0.name) })
        }
        for (sort, add) in [
            ("rules", Self.reader.addRules(_:file:to:)), ("policies", Self.reader.addPolicies(_:file:to:)),
        ] {
            for file in Self.files("\(folder)/\(sort)") {
                guard let text = Self.text(file) else {
                    outcome.issues.append(
                        ConfigIssue(
                            file: file, line: 0, column: 0, what: "cannot be read", hint: "Is it UTF-8, and may you?"))
                    continue
                }
                outcome.issues += add(text, file, &config)
            }
        }
        outcome.config = outcome.issues.contains { !$0.isWarning } ? nil : config
    }

    /// Files of YAML in a folder, by name.
    private static func files(_ folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.prefix(500).map {
            "\(folder)/\($0)"
        }
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).flatMap { String(data: $0, encoding: .utf8) }
    }

    /// A file that the team shares under a name: `suites/support.yaml`; nil where there is none.
    static func shared(_ name: String, _ sort: String, _ share: String?) -> String? {
        guard let share, !name.contains("/"), !name.hasPrefix(".") else { return nil }
        return ["yaml", "yml"].map { "\(share)/\(sort)/\(name).\($0)" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    /// A queue that the team describes; nil where there is none of that name.
    static func sharedQueue(_ name: String, _ share: String?, now: Timestamp) throws -> LabelQueue? {
        guard let file = shared(name, "queues", share) else { return nil }
        guard let text = text(file) else { throw Stop(.usage, "\(file) cannot be read") }
        let (queue, issues) = reader.readQueue(text, file: file, now: now)
        guard let queue else { throw Stop(.usage, issues.map(\.description).joined(separator: "\n")) }
        return queue
    }

    /// The user's own rubrics: those in the folder that is named, or in `rubrics` beside the configuration.
    private func addRubrics(_ outcome: inout ConfigReader.Outcome) {
        guard var config = outcome.config else { return }
        let here = URL(filePath: path).deletingLastPathComponent()
        let named = config.labeling.folder
        let folder = URL(filePath: (named ?? "rubrics") as String, relativeTo: here).path
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            guard named != nil else { return }
            outcome.issues.append(
                ConfigIssue(
                    file: path, line: 0, column: 0, what: "the folder of rubrics \(folder) cannot be read",
                    hint: "Make it, or write the rubrics themselves under `labeling: {rubrics: [...]}`."))
            outcome.config = nil
            return
        }
        for name in names.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            let (rubrics, issues) = Self.rubrics(folder + "/" + name)
            outcome.issues += issues
            config.labeling.add(rubrics ?? [])
        }
        outcome.config = outcome.issues.contains { !$0.isWarning } ? nil : config
    }

    /// The rubrics of one file, and what is wrong with them.
    static func rubrics(_ path: String) -> ([Rubric]?, [ConfigIssue]) {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else {
            let issue = ConfigIssue(
                file: path, line: 0, column: 0, what: "cannot be read", hint: "Does it exist, as UTF-8?")
            return (nil, [issue])
        }
        return reader.readRubrics(text, file: path)
    }

    /// The configuration, or an end with all that is wrong.
    func load() throws -> Config {
        let outcome = read()
        for warning in outcome.issues where warning.isWarning { Terminal.complain("\(warning)") }
        if let config = outcome.config { return config }
        let issues = outcome.issues.filter { !$0.isWarning }
        throw Stop(.usage, issues.map(\.description).joined(separator: "\n"))
    }

    /// When the file was last changed, and how long it is: enough to see that it is another.
    var stamp: String {
        let attributes = (try? FileManager.default.attributesOfItem(atPath: path)) ?? [:]
        let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(time) \(attributes[.size] as? Int ?? -1) \(attributes[.systemFileNumber] as? Int ?? -1)"
    }
}
