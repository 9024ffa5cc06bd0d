import ArgumentParser
import Foundation
import Glibc
import PitEngine
import PitHTTP
import PitModel
import PitStore

struct ApproveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Agree to an operation that somebody else asked for; it is sent then.")
    @OptionGroup var config: ConfigOption
    @Argument(help: "The operation's id (pitwall get operations --open).") var id: String
    @Flag(help: "Print the plan; approve nothing.") var dryRun = false
    @Flag(help: "Wait for the rollout and the proof, and exit by it.") var wait = false

    func run() throws {
        let (id, isDry, isWaiting) = (id, dryRun, wait)
        try DeploymentVisit.run(config) { visit, _ in
            if isDry {
                guard let plan = await visit.engine.operation(id)?.operation.request.plan else {
                    throw Stop(.usage, "there is no operation `\(id)`", hint: "See them: pitwall get operations --open")
                }
                for line in PlanText.lines(plan) { Terminal.say(Terminal.safe(line)) }
                return
            }
            let entry = try await visit.engine.approve(id, by: visit.stack.settings.author).orStop()
            try await ActOptions.finish(entry, visit, isWaiting)
        }
    }
}

struct OperationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operations", abstract: "Finish or abandon what was broken off; print what came of an operation.",
        subcommands: [Resume.self, Abandon.self, Receipt.self])

    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask the server what became of it, and send it if it is known not to have been done.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The operation's id.") var id: String
        @Flag(help: "Wait for the rollout and the proof, and exit by it.") var wait = false
        func run() throws {
            let (id, isWaiting) = (id, wait)
            try DeploymentVisit.run(config) { visit, _ in
                let entry = try await visit.engine.resume(id, by: visit.stack.settings.author).orStop()
                try await ActOptions.finish(entry, visit, isWaiting)
            }
        }
    }

    struct Abandon: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give it up. What the server has done already is not undone.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The operation's id.") var id: String
        func run() throws {
            let id = id
            let entry = try DeploymentVisit.run(config, reading: false) { visit, _ in
                try await visit.engine.abandon(id, by: visit.stack.settings.author).orStop()
            }
            Terminal.say("\(entry.operation.id): \(entry.stage.rawValue): \(entry.detail)")
        }
    }

    struct Receipt: ParsableCommand {
        enum Format: String, ExpressibleByArgument, CaseIterable, Sendable { case markdown, json }
        static let configuration = CommandConfiguration(
            abstract: "What an operation was, and the proof: as Markdown for a ticket, or as JSON.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The operation's id.") var id: String
        @Option(name: .shortAndLong, help: "markdown or json.") var output: Format = .markdown
        func run() throws {
            let id = id
            let receipt = try DeploymentVisit.run(config, reading: false) { visit, _ in
                try await visit.engine.receipt(of: id)
            }
            guard let receipt else {
                throw Stop(.usage, "there is no receipt of `\(id)`", hint: "See: pitwall get operations")
            }
            switch output {
            case .markdown:
                Terminal.put(
                    receipt.markdown.split(separator: "\n", omittingEmptySubsequences: false)
                        .map { Terminal.safe(String($0)) }.joined(separator: "\n"))
            case .json:
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                encoder.nonConformingFloatEncodingStrategy = .convertToString(
                    positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
                encoder.keyEncodingStrategy = .convertToSnakeCase
                Terminal.put(String(decoding: try encoder.encode(receipt), as: UTF8.self) + "\n")
            }
        }
    }
}

extension Result where Failure == OperationRefusal {
    /// What it gave, or an end with the reason.
    func orStop() throws -> Success {
        do { return try get() } catch { throw Stop(.couldNotRun, error.words, hint: error.hint) }
    }
}

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "What changed between two revisions of a deployment.")
    @OptionGroup var config: ConfigOption
    @Argument(help: "The deployment: NAMESPACE/NAME, its name, or its model.") var name: String
    @Option(help: "The older revision; without it, the one before the newer.") var from: String?
    @Option(help: "The newer revision; without it, what is wanted now.") var to: String?
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        let (name, from, to) = (name, from, to)
        let changes = try DeploymentVisit.run(config) { visit, snapshot in
            let state = try await visit.look(name, snapshot)
            let newer = try to.map { try DeploymentVisit.revision($0, of: state) }
            let all = state.revisions ?? []
            let place = all.firstIndex { newer == nil ? $0.isCurrent : $0.id == newer } ?? 0
            let older =
                try from.map { try DeploymentVisit.revision($0, of: state) } ?? all.dropFirst(place + 1).first?.id
            guard let older else {
                throw Stop(.usage, "\(state.id.path) keeps no earlier revision", hint: "Give one with --from.")
            }
            do throws(ConnectorFault) {
                return try await visit.engine.changes(in: state.id, from: older, to: newer)
            } catch { throw Stop(error) }
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Terminal.put(String(decoding: try encoder.encode(changes), as: UTF8.self) + "\n")
        } else if changes.isEmpty {
            Terminal.say("nothing differs")
        } else {
            for change in changes {
                Terminal.say(Terminal.safe(change.path))
                if let before = change.before { Terminal.say(Terminal.safe("  - \(before)")) }
                if let after = change.after { Terminal.say(Terminal.safe("  + \(after)")) }
            }
        }
    }
}

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Check the audit trail, or export it.", subcommands: [Verify.self, Export.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compute the chain of hashes anew; exits with 1 and the first broken line when it does not hold.")
        @OptionGroup var config: ConfigOption
        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            do throws(StoreFault) {
                switch try made.stack.store.verifyAudit() {
                case .whole(let entries): Terminal.say("all \(entries) lines hold")
                case .broken(let line, let why):
                    Terminal.say("line \(line) is broken: \(why)")
                    Glibc.exit(ExitCode.notWell.rawValue)
                }
            } catch { throw Stop(error) }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Every line as a line of JSON, the oldest first.")
        @OptionGroup var config: ConfigOption
        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            do throws(StoreFault) {
                try made.stack.store.eachAuditEntry { entry in
                    guard let line = try? encoder.encode(AuditLine(entry)) else { return }
                    Terminal.put(String(decoding: line, as: UTF8.self) + "\n")
                }
            } catch { throw Stop(error) }
        }
    }

    private struct AuditLine: Encodable {
        var sequence: Int64
        var at, author, identity, what, subject, detail, hash: String
        init(_ entry: AuditEntry) {
            (sequence, at, author) = (entry.sequence, entry.at.rfc3339, entry.author)
            (identity, what, subject) = (entry.identity, entry.what, entry.subject)
            (detail, hash) = (entry.detail, entry.hash)
        }
    }
}

struct QuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine", abstract: "Bad versions that are remembered.", subcommands: [List.self, Lift.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Which they are, and who rolled them back.")
        @OptionGroup var config: ConfigOption
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            do throws(StoreFault) {
                let report = Report(
                    columns: [
                        .init(key: "id", title: "ID"), .init(key: "version", title: "VERSION"),
                        .init(key: "deployment", title: "BAD IN"), .init(key: "at", title: "AT"),
                        .init(key: "author", title: "BY"), .init(key: "reason", title: "WHY"),
                    ],
                    rows: try made.stack.store.quarantined().map { bad in
                        [
                            .count(Int(bad.id)), .text(bad.words), .text(bad.deployment.path), .time(bad.at),
                            .text(bad.author), .text(bad.reason),
                        ]
                    }, emptyText: "no version is remembered as bad")
                Terminal.put(report.render(output))
            } catch { throw Stop(error) }
        }
    }

    struct Lift: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a version be served again.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "Its id (pitwall quarantine list).") var id: Int64
        func run() throws {
            let id = id
            let isLifted = try DeploymentVisit.run(config, reading: false) { visit, _ in
                try await visit.engine.liftQuarantine(id, by: visit.stack.settings.author)
            }
            guard isLifted else {
                throw Stop(.usage, "no version \(id) is remembered", hint: "See them: pitwall quarantine list")
            }
            Terminal.say("lifted")
        }
    }
}

struct GuardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard", abstract: "The automatic guard.", subcommands: [Stop.self])

    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End its countdown: it leaves the revision that is served now alone from here on.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The deployment: NAMESPACE/NAME, its name, or its model.") var name: String
        func run() throws {
            let name = name
            let fault = try DeploymentVisit.run(config) { visit, snapshot in
                let state = try DeploymentVisit.find(name, in: snapshot)
                return await visit.engine.stopGuard(state.id, by: visit.stack.settings.author)
            }
            if let fault { throw StopWithWords(fault) }
            Terminal.say("the guard leaves it alone")
        }
    }
}

/// `Stop` where a command has that name.
private typealias StopWithWords = Stop
