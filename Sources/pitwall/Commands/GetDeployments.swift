import ArgumentParser
import PitEngine
import PitHTTP
import PitModel
import PitStore

extension GetCommand {
    struct Deployments: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deployments: what runs where, since when, brought by whom.")
        @OptionGroup var options: GetOptions
        func run() throws {
            try options.run(DeploymentReport.deployments) { snapshot in
                snapshot.deployments.allSatisfy {
                    ![.failed, .degraded].contains($0.deployment.status) && $0.quarantine.isEmpty
                }
            }
        }
    }

    struct Revisions: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revisions of one deployment, the newest first.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The deployment: NAMESPACE/NAME, its name, or its model.") var name: String
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let name = name
            let state = try DeploymentVisit.run(config) { try await $0.look(name, $1) }
            Terminal.put(DeploymentReport.revisions(state).render(output))
        }
    }

    struct Operations: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Operations: what was asked of servers, and what came of it.")
        @OptionGroup var config: ConfigOption
        @Flag(help: "Only those that are not ended.") var open = false
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            do throws(StoreFault) {
                let entries = open ? try made.stack.store.openOperations() : try made.stack.store.journal()
                Terminal.put(DeploymentReport.operations(entries).render(output))
            } catch { throw Stop(error) }
        }
    }

    struct Audit: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The audit trail: who did what, when, and why.")
        @OptionGroup var config: ConfigOption
        @Option(help: "Lines at most, the newest.") var limit = 200
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            do throws(StoreFault) {
                Terminal.put(DeploymentReport.audit(try made.stack.store.auditEntries(limit: limit)).render(output))
            } catch { throw Stop(error) }
        }
    }
}
