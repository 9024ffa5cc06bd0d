import ArgumentParser
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore

extension GetCommand {
    struct Firings: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Firings: when alerts fired, how long, what was done, and which were noise.")
        @OptionGroup var config: ConfigOption
        @Option(help: "How far back: 1h, 7d.") var since = "7d"
        @Argument(help: "Only of this alert, by name or fingerprint.") var alert: String?
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            guard let span = Figures.seconds(from: since) else {
                throw Stop(.usage, "--since wants a time such as 1h or 7d")
            }
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let (engine, now, alert) = (made.stack.engine(), Stack.clock.now(), alert)
            let firings = try Blocking.run { () async throws -> [Firing] in
                do throws(StoreFault) { return try await engine.firings(since: now.advanced(by: -span)) } catch {
                    throw Stop(error)
                }
            }
            let shown = firings.filter { firing in
                alert.map { firing.alert.name == $0 || firing.alert.fingerprint == $0 } ?? true
            }
            Terminal.put(FiringReport.make(shown, now: now).render(output))
        }
    }

    struct Outbox: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Outbox: what receivers were told of pitwall's own alerts, and what waits.",
            discussion: "Exits with 1 when something waits that could not be told, or was given up.")
        @OptionGroup var config: ConfigOption
        @Option(help: "Notices shown, the newest first; all that wait are.") var limit = 200
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let deliveries: [Delivery]
            do throws(StoreFault) { deliveries = try made.stack.store.deliveries(limit: limit) } catch {
                throw Stop(error)
            }
            Terminal.put(DeliveryReport.make(deliveries).render(output))
            if deliveries.contains(where: { $0.fault != nil && $0.stage != .delivered }) { throw ExitCode.notWell }
        }
    }
}
