import Foundation
import PitGrid
import PitTestKit
import Testing

/// Credentials of every kind, given to servers that use them and to servers that send them back, and then looked for
/// everywhere.
@Suite("secrets", .serialized)
struct Secrets {
    private static let program = Built.executable("pitwall")

    /// One secret of each kind, none of which stands in another.
    private enum Hush {
        static let bearer = "hush-bearer-7f3a"
        static let basic = "hush-basic-19cd"
        static let header = "hush-header-b0b4"
        static let url = "hush-url-55e1"
        static let extra = "hush-extra-c7aa"
        static let proxy = "hush-proxy-2d90"
        static let all = [bearer, basic, header, url, extra, proxy]
    }

    private let servers: HostileServers
    private let folder: String
    private let config: String
    private let environment: [String: String]

    init() throws {
        servers = try HostileServers.shared.get()
        folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-secrets-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        config = folder + "/config.yaml"
        try Hush.basic.write(toFile: folder + "/password", atomically: true, encoding: .utf8)
        environment = [
            "XDG_STATE_HOME": folder + "/state", "XDG_CONFIG_HOME": folder + "/config", "HUSH_BEARER": Hush.bearer,
            "HUSH_EXTRA": Hush.extra,
        ]
        try configuration().write(toFile: config, atomically: true, encoding: .utf8)
    }

    private func configuration() throws -> String {
        let (vault, echo) = (try servers.url("vault"), try servers.url("echo"))
        let port = try servers.port("vault")
        let bearer = "auth: {bearer: {env: HUSH_BEARER}}"
        let basic = "auth: {basic: {user: ana, password: {file: '\(folder)/password'}}}"
        let header = "auth: {header: {name: X-Key, value: {command: [printf, '%s', '\(Hush.header)']}}}"
        var lines = ["connections:"]
        func add(_ name: String, _ url: String, _ more: String, kind: String = "metrics", proxy: String = "none") {
            lines.append(
                "  - {name: \(name), kind: \(kind), url: '\(url)', interval: 1s, timeout: 3s, proxy: '\(proxy)', \(more)}"
            )
        }
        add("bearer", vault, bearer)
        add("basic", vault, basic)
        add("header", vault, header)
        add("in-url", "http://ana:\(Hush.url)@127.0.0.1:\(port)", "tls: {}")
        add("extra", vault, "headers: {X-Extra: {env: HUSH_EXTRA}}")
        add(
            "by-proxy", "http://elsewhere.example:81/metrics", "tls: {}",
            proxy: "http://ana:\(Hush.proxy)@127.0.0.1:\(port)")
        add("elsewhere", try servers.url("redirect-other"), bearer)
        add(
            "client-key", try servers.url("tls-right"),
            "tls: {ca: '\(servers.authority)', certificate: '\(servers.folder)/right.pem', key: '\(servers.folder)/right.key'}"
        )
        for (number, auth) in [bearer, basic, header, "headers: {X-Extra: {env: HUSH_EXTRA}}"].enumerated() {
            for status in ["200", "401", "403", "418", "429", "500"] {
                add("echo-\(status)-\(number)", "\(echo)/\(status)", auth)
            }
            for kind in ["prometheus", "alertmanager", "openai"] {
                add("echo-\(kind)-\(number)", "\(echo)/400json", auth, kind: kind)
                add("echo-good-\(kind)-\(number)", "\(echo)/200", auth, kind: kind)
            }
        }
        lines.append("models: [{name: m, metrics: [bearer, basic, header, in-url, extra]}]")
        return lines.joined(separator: "\n") + "\n"
    }

    private func pitwall(_ words: String...) throws -> String {
        try Command([Self.program] + words + ["--config", config], environment: environment.mapValues { $0 }).run().text
    }

    /// The secrets and what is sent in their place, and the heart of the private key.
    private func forbidden() throws -> [String] {
        let users = [(Hush.basic, "ana"), (Hush.url, "ana"), (Hush.proxy, "ana")]
        let encoded = users.map { Data("\($0.1):\($0.0)".utf8).base64EncodedString() }
        let key = try String(contentsOfFile: servers.folder + "/right.key", encoding: .utf8)
        return Hush.all + encoded + key.split(separator: "\n").dropFirst().prefix(2).map(String.init)
    }

    @Test("are nowhere but where they were meant, after everything was done with them")
    func everywhere() async throws {
        let forbidden = try forbidden()
        var places: [(name: String, text: String)] = []
        // A person at the console, its terminal recorded.
        let terminal = try Tmux(
            "echo $$ > \(folder)/pid; exec \(Tmux.quoted(Self.program)) --config \(config)", size: Size(160, 50),
            environment: environment)
        try terminal.record(to: folder + "/terminal")
        for (key, title) in [("1", "HEALTH"), ("3", "SEVERITY"), ("W", "KIND"), ("O", "401"), ("1", "HEALTH")] {
            try terminal.send(key)
            try await terminal.wait(for: title)
            if key == "W" {
                try await terminal.wait("faults in words") {
                    $0.contains { $0.contains("401") } && $0.contains { $0.contains("418") }
                }
                for _ in 0..<40 {
                    try terminal.send("j")
                    places.append(("the Connections screen", try terminal.capture().joined(separator: "\n")))
                }
            }
        }
        let pid = try String(contentsOfFile: folder + "/pid", encoding: .utf8).split(separator: "\n").first.map(
            String.init)
        places += try Self.process("/proc/\(pid ?? "")")
        places.append(("what ps shows of it", try Command(["ps", "-C", "pitwall", "-o", "args"]).run().text))
        try terminal.send("q")
        try await terminal.wait(for: "1", of: "#{pane_dead}")
        places.append(("the terminal", try Self.text(of: folder + "/terminal")))

        places.append(("check", try pitwall("check")))
        places.append(("poll", try pitwall("poll", "--for", "3s", "-o", "json")))
        for what in ["connections", "models", "alerts"] {
            for format in ["table", "wide", "json", "yaml", "csv"] {
                places.append(("get \(what) -o \(format)", try pitwall("get", what, "--cached", "-o", format)))
            }
        }
        for screen in ["fleet", "alerts", "connections", "log"] {
            for format in ["text", "ansi", "svg", "html"] {
                places.append(
                    (
                        "\(screen) as \(format)",
                        try pitwall("snapshot", "--screen", screen, "--format", format, "--size", "200x60")
                    ))
            }
        }
        let files = try #require(FileManager.default.enumerator(atPath: folder + "/state"))
        for case let file as String in files {
            places.append((file, (try? Self.text(of: "\(folder)/state/\(file)")) ?? ""))
        }
        #expect(places.contains { $0.name.hasSuffix("state.db") } && places.contains { $0.name.hasSuffix("cache.db") })
        for (name, text) in places {
            for secret in forbidden { #expect(!text.contains(secret), "\(secret) stands in \(name)") }
        }
        // The echoes were there, with stars in the secrets' place.
        #expect(places.contains { $0.text.contains("you sent") && $0.text.contains("***") })

        // They came where they were meant to come, and nowhere else.
        let seen = try servers.seen()
        let meant = seen.filter { $0.server == "vault" }.flatMap(\.headers).joined(separator: "\n")
        for secret in [Hush.bearer, Hush.header, Hush.extra] { #expect(meant.contains(secret), "\(secret) was sent") }
        for secret in forbidden.dropFirst(Hush.all.count).prefix(3) {
            #expect(meant.contains(secret), "\(secret) was sent")
        }
        let others = seen.filter { $0.server == "other" }.flatMap(\.headers).joined(separator: "\n")
        for secret in forbidden { #expect(!others.contains(secret)) }
    }

    /// What anybody who may look at a process sees of it. The two secrets that came in its environment stand there.
    private static func process(_ folder: String) throws -> [(name: String, text: String)] {
        var environment = try text(of: folder + "/environ")
        for meant in ["HUSH_BEARER=\(Hush.bearer)", "HUSH_EXTRA=\(Hush.extra)"] {
            #expect(environment.contains(meant))
            environment.replace(meant, with: "")
        }
        let files = FileManager.default
        let open = try files.contentsOfDirectory(atPath: folder + "/fd").map {
            (try? files.destinationOfSymbolicLink(atPath: "\(folder)/fd/\($0)")) ?? ""
        }
        let threads = try files.contentsOfDirectory(atPath: folder + "/task").map {
            (try? text(of: "\(folder)/task/\($0)/comm")) ?? ""
        }
        var places = [("its environment", environment), ("its open files", open.joined(separator: "\n"))]
        places.append(("its threads' names", threads.joined(separator: "\n")))
        for name in ["cmdline", "comm", "status", "maps"] {
            places.append(("its \(name)", try text(of: "\(folder)/\(name)")))
        }
        return places.map { (name: $0.0, text: $0.1) }
    }

    /// Bytes as they are: what is no text must be looked through, too.
    private static func text(of path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }
}
