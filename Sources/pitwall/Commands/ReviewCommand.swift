import ArgumentParser
import Foundation
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore

struct ReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Decide whether an alias may move to a version of a model.",
        discussion: """
            What is required stands under `governance` in the configuration. A decision is kept here, in the audit trail, and
            as a tag of the version, where others see it.
            """,
        subcommands: [
            Show.self, Approve.self, Reject.self, RequestChanges.self, Waive.self, Attach.self, Retire.self,
            Reinstate.self, List.self,
        ])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "What is required of a version, what is missing, and who decided what; exits with 1 while it is missing."
        )
        @OptionGroup var about: VersionOptions
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        @Option(help: "As if this person asked for the move: whose own approval does not count.") var requester: String?

        func run() throws {
            let format = output
            let holds = try about.visit(requester: requester) { visit, review in
                let report = ReviewReport.requirements(review)
                Terminal.put(report.render(format))
                if format == .table || format == .wide {
                    for line in ReviewReport.notes(review) { Terminal.say(Terminal.safe(line)) }
                }
                return review.holds
            }
            if !holds { throw ExitCode.notWell }
        }
    }

    /// What every decision takes.
    struct Decision: ParsableArguments {
        @OptionGroup var about: VersionOptions
        @Option(help: "Why; others read it.") var reason: String

        func run(_ kind: ReviewFact.Kind, subject: String = "", until: Timestamp? = nil) throws {
            let reason = reason
            try about.visit(polls: false) { visit, review in
                let author = visit.stack.settings.author
                let decision = try await visit.engine.decide(
                    kind, on: review.evidence.card, subject: subject, reason: reason, until: until, by: author
                ).orStop()
                let id = decision.fact.version
                Terminal.say(Terminal.safe("\(id.path): \(decision.fact.words)"))
                if kind == .retire {
                    for line in ReviewReport.uses(review) { Terminal.say(Terminal.safe(line)) }
                } else if kind != .reinstate {
                    for line in try await Self.left(review, visit) { Terminal.say(Terminal.safe(line)) }
                }
                if let fault = decision.untold {
                    Terminal.complain(
                        Terminal.safe("kept here, but \(id.connection) was not told: \(fault.summary). \(fault.hint)")
                            + "\nThe next review command about it tells it again.")
                    throw ExitCode.notWell
                }
            }
        }

        /// What policies of people's words still miss, after the decision; the rest `review show` tells.
        private static func left(_ before: Review, _ visit: DeploymentVisit) async throws -> [String] {
            let id = before.evidence.card.id
            let now: Review
            do throws(OperationRefusal) {
                now = try await visit.engine.review(id.model, version: id.version, on: id.connection)
            } catch { return [] }
            return now.policies.map { policy in
                let people = policy.results.filter { $0.name == "approvals" || $0.name == RequirementCheck.decision }
                let words = people.map { "\($0.name) \($0.outcome.rawValue): \($0.words)" }.joined(separator: "; ")
                return
                    "policy \(policy.policy.name): \(words); all of it: pitwall review show \(id.model) --version \(id.version)"
            }
        }
    }

    struct Approve: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Agree to it; what you said before gives way.")
        @OptionGroup var decision: Decision
        func run() throws { try decision.run(.approve) }
    }
    struct Reject: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decide against it; it holds until you say otherwise.")
        @OptionGroup var decision: Decision
        func run() throws { try decision.run(.reject) }
    }
    struct RequestChanges: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "request-changes", abstract: "Ask for something first; it holds until you say otherwise.")
        @OptionGroup var decision: Decision
        func run() throws { try decision.run(.requestChanges) }
    }
    struct Attach: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that a run of an evaluation is about this version.",
            discussion: "Runs whose systems are named after the version, as chat/3 or chat-v3, need it not.")
        @OptionGroup var decision: Decision
        @Argument(
            help: ArgumentHelp("The run, with :SYSTEM where only one is meant: support-3:chat.", valueName: "run"))
        var evaluation: String
        func run() throws { try decision.run(.attach, subject: evaluation) }
    }
    struct Retire: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Not to be brought anywhere any more; says what still uses it.")
        @OptionGroup var decision: Decision
        func run() throws { try decision.run(.retire) }
    }
    struct Reinstate: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a retirement back.")
        @OptionGroup var decision: Decision
        func run() throws { try decision.run(.reinstate) }
    }

    struct Waive: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a requirement be, until a day.",
            discussion: "Where people have to approve, the waiver of the one who asks for the move does not count.")
        @OptionGroup var decision: Decision
        @Argument(help: "The requirement, as review show names it.") var requirement: String
        @Option(help: "Its end: 2026-12-24 (the start of that day, UTC), a moment, or a span such as 7d.")
        var until: String

        func run() throws {
            guard let end = Self.end(until, Stack.clock.now()) else {
                throw Stop(.usage, "--until wants 2026-12-24, 2026-12-24T18:00:00Z or a span such as 7d")
            }
            try decision.run(.waive, subject: requirement, until: end)
        }

        static func end(_ words: String, _ now: Timestamp) -> Timestamp? {
            if let span = Figures.seconds(from: words), span > 0 { return now.advanced(by: span) }
            return Timestamp(rfc3339: words) ?? Timestamp(rfc3339: words + "T00:00:00Z")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What was decided here, about all versions.")
        @OptionGroup var config: ConfigOption
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            do throws(StoreFault) {
                Terminal.put(ReviewReport.facts(try made.stack.store.reviewFacts()).render(output))
            } catch { throw Stop(error) }
        }
    }
}
