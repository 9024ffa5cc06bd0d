import ArgumentParser
import Foundation
import PitConfig
import PitConnect
import PitConsole
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitThemes

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say of every connection whether it answers, what it is, how fast, and if not, why and what to do.")

    @OptionGroup var config: ConfigOption
    @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

    func run() throws {
        let places = Places()
        let file = ConfigFile(config.config, places)
        let read = try file.load()
        let http = Stack.makeHTTP()
        defer { http.shutdown() }
        let servers = read.connections.compactMap { Stack.server($0, http, places) }
        let results = try Blocking.run { await Self.probe(servers) }
        Terminal.put(Self.report(results).render(output))
        if output == .table || output == .wide { details(results, file, places, read) }
        if results.contains(where: { $0.fault != nil }) { throw ExitCode.notWell }
    }

    struct Result: Sendable {
        var connection: Connection
        var capabilities: [String]
        var identity: Identity?
        var fault: ConnectorFault?
        var took: Double
    }

    private static func probe(_ servers: [ConnectedServer]) async -> [Result] {
        await withTaskGroup(of: (Int, Result).self) { group in
            for (index, server) in servers.enumerated() {
                group.addTask {
                    let began = ContinuousClock().now
                    var result = Result(
                        connection: server.connection, capabilities: type(of: server.connector).abilities, took: 0)
                    do throws(ConnectorFault) { result.identity = try await server.connector.probe() } catch {
                        result.fault = error
                    }
                    result.took = (ContinuousClock().now - began) / .seconds(1)
                    return (index, result)
                }
            }
            var all: [(Int, Result)] = []
            for await each in group { all.append(each) }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func report(_ results: [Result]) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "NAME"), .init(key: "kind", title: "KIND"), .init(key: "ok", title: "OK"),
                .init(key: "product", title: "WHAT"), .init(key: "version", title: "VERSION"),
                .init(key: "latency_seconds", title: "TOOK", show: { Report.duration($0) }),
                .init(key: "detail", title: "DETAIL", isWide: true),
                .init(key: "capabilities", title: "CAN", isWide: true), .init(key: "url", title: "URL"),
                .init(key: "fault", title: nil),
                .init(key: "fault_code", title: nil), .init(key: "hint", title: nil),
            ],
            rows: results.map { result in
                [
                    .text(result.connection.name.description), .text(result.connection.kind),
                    .flag(result.fault == nil),
                    .optional(result.identity?.product), .optional(result.identity?.version), .number(result.took),
                    .optional(result.identity?.detail), .list(result.capabilities), .text(result.connection.url),
                    .optional(result.fault?.summary), .optional(result.fault?.code), .optional(result.fault?.hint),
                ]
            }, emptyText: "no connections are configured")
    }

    private func details(_ results: [Result], _ file: ConfigFile, _ places: Places, _ read: Config) {
        for result in results {
            guard let fault = result.fault else { continue }
            Terminal.say(
                "\n\(SafeText(result.connection.name.description)): \(SafeText(fault.summary))\n    \(SafeText(fault.hint))"
            )
        }
        Terminal.say("\nconfiguration  \(file.path)\nstate          \(places.state)\nthemes         \(places.themes)")
        for fault in Themes.load(folder: places.themes).faults { Terminal.complain("theme \(fault)") }
        let keys = read.keys.mapValues { $0.map { Key($0) } }
        for conflict in Registry(keys: keys).conflicts(keys: keys) { Terminal.complain("key \(conflict)") }
        let hasDirect = [
            "/lib/terminfo/x/xterm-direct", "/usr/share/terminfo/x/xterm-direct", "/etc/terminfo/x/xterm-direct",
        ]
        .contains { FileManager.default.fileExists(atPath: $0) }
        if !hasDirect { Terminal.say("true colour    not to be had: install ncurses-term (256 colours are used)") }
    }
}

extension Connector {
    static var abilities: [String] { Self.capabilities }
}

extension Report.Value {
    static func optional(_ text: String?) -> Report.Value { text.map { .text($0) } ?? .none }
    static func optional(_ number: Double?) -> Report.Value { number.map { .number($0) } ?? .none }
    static func optional(_ time: Timestamp?) -> Report.Value { time.map { .time($0) } ?? .none }
}

extension Report {
    static func percent(_ value: Value) -> String {
        if case .number(let ratio) = value { return Figures.percent(ratio) }
        return Figures.missing
    }

    static func duration(_ value: Value) -> String {
        if case .number(let seconds) = value { return Figures.duration(seconds) }
        return Figures.missing
    }
}
