import PitConfig
import PitModel
import Testing

let kinds = [
    ConnectorInfo(
        id: "metrics", title: "Metrics", summary: "a page", usualPorts: [8000],
        options: [OptionInfo("profile", .text, help: "how to read it", example: "vllm")]),
    ConnectorInfo(
        id: "prometheus", title: "Prometheus", summary: "queries", usualPorts: [9090],
        options: [OptionInfo("tenant", .text, help: "X-Scope-OrgID", example: "team-a")]),
    ConnectorInfo(id: "alertmanager", title: "Alertmanager", summary: "alerts", usualPorts: [9093]),
    ConnectorInfo(
        id: "openai", title: "OpenAI", summary: "any server", usualPorts: [8000],
        options: [OptionInfo("probe", .flag, help: "one token", example: "true")]),
    ConnectorInfo(id: "file", title: "File", summary: "exchanges", isFile: true),
]
let reader = ConfigReader(
    kinds: kinds, profiles: ["vllm", "sglang"], sources: ["file"],
    redactions: ["email", "phone", "card", "iban", "secret"])

func issues(_ text: String) -> [ConfigIssue] { reader.read(text, file: "config.yaml").issues }

@Test("the printed example is read without an issue")
func exampleIsTrue() throws {
    let outcome = reader.read(ConfigExample.text(kinds: kinds, profiles: ["vllm", "sglang"]), file: "example")
    #expect(outcome.issues == [])
    let config = try #require(outcome.config)
    #expect(config.connections.count == kinds.count + 1)
    #expect(config.models.first?.slo.ttftP95 == 0.5)
    #expect(config.connections.last?.auth == .bearer(.environment("METRICS_TOKEN")))
}

@Test("what the example has in comments is known as well")
func exampleCommentsAreTrue() {
    let text = ConfigExample.text(kinds: kinds, profiles: ["vllm"])
    for key in [
        "profile: vllm", "tenant: team-a", "probe: true", "deployment: prod/support-chat",
        "unix_socket: /run/metrics.sock", "redact: [email", "interactions: {from: my-file",
    ] {
        #expect(text.contains("# \(key)"))
        let bare = text.replacing("# \(key)", with: key)
        #expect(reader.read(bare, file: "example").issues == [], "\(key)")
    }
    let parts = text.split(separator: "# deployments:")
    let block = parts[1].split(separator: "\n").dropFirst().prefix { !$0.hasPrefix("# training") }
        .map { $0.dropFirst(2) }
    let deployments = reader.read(
        "connections: []\ndeployments:\n" + block.joined(separator: "\n"), file: "example")
    #expect(deployments.issues == [] && deployments.config?.deployments.guards.count == 1)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let start = lines.firstIndex { $0.hasPrefix("# profiles:") } ?? lines.endIndex
    let opened = lines[..<start] + lines[start...].map { String($0.dropFirst($0.hasPrefix("# ") ? 2 : 0)) }
    let outcome = reader.read(opened.joined(separator: "\n"), file: "example")
    #expect(outcome.issues == [])
    #expect(outcome.config?.profiles.first?.sources.count == 2)
}

@Test("a short file is enough: every place that serves becomes a model")
func shortFile() throws {
    let config = try #require(
        reader.read("connections:\n- {name: a, kind: metrics, url: 'http://h:1/metrics'}\n", file: "f").config)
    #expect(config.models == [ModelConfig(name: ModelName("a"), metrics: [MetricsBinding(ConnectionName("a"))])])
}

@Test("a command can stand in place of a url, and not beside it")
func commandInsteadOfURL() throws {
    let deployer = ConnectorInfo(
        id: "deployer", title: "Deployer", summary: "deploys",
        options: [OptionInfo("command", .list, help: "a program", example: "[deploys]")], alternative: "command")
    func read(_ more: String) -> ConfigReader.Outcome {
        ConfigReader(kinds: [deployer], profiles: [], sources: [], redactions: [])
            .read("connections: [{name: d, kind: deployer\(more)}]", file: "f")
    }
    let config = try #require(read(", command: [deploys, --prod]").config)
    #expect(config.connections.first?.connection.options["command"] == .list(["deploys", "--prod"]))
    #expect(config.connections.first?.url == "")
    #expect(read(", url: 'http://h:1', command: deploys").issues.first?.what == "`url` and `command` say two places")
    #expect(read("").issues.first?.what == "a connection has no `url`")
}

@Test("all issues are told at once, each with line, column and the nearest known word")
func allIssuesAtOnce() {
    let found = issues(
        """
        conections: []
        connections:
          - name: a
            kind: promethius
            url: http://h:1
          - name: b
            kind: metrics
            url: ftp://h
            intervall: 5s
          - name: a
            kind: metrics
            url: http://h:2
            timeout: soon
        models:
          - name: m
            metrics: c
          - metrics: a
        """)
    func has(_ line: Int, _ words: String, _ hint: String) -> Bool {
        found.contains { $0.line == line && $0.column > 0 && $0.what.contains(words) && $0.hint.contains(hint) }
    }
    #expect(has(1, "`conections` is not known", "`connections`"))
    #expect(has(4, "`promethius` is not a kind", "`prometheus`"))
    #expect(has(8, "not a url", "http://"))
    #expect(has(9, "`intervall` is not known", "`interval`"))
    #expect(has(13, "`timeout` is `soon`", "15s"))
    #expect(has(16, "no connection `c`", "Connections"))
    #expect(has(17, "no `name`", "name:"))
    #expect(reader.read("connections: 5", file: "f").config == nil)
}

@Test("two connections of one name are refused, with the line of the first")
func twins() {
    let found = issues(
        "connections:\n- {name: a, kind: metrics, url: 'http://h:1'}\n- {name: a, kind: metrics, url: 'http://h:2'}\n")
    #expect(found.contains { $0.line == 3 && $0.what.contains("called `a`") && $0.hint.contains("line 2") })
    let models = issues("models:\n- {name: m}\n- {name: m}\n")
    #expect(models.contains { $0.line == 3 && $0.what.contains("called `m`") })
}

@Test("a secret written into the file is refused and never repeated")
func secretsInFile() {
    let found = issues("connections:\n- name: a\n  kind: metrics\n  url: http://h:1\n  auth: {bearer: hunter2}\n")
    #expect(found.contains { $0.what.contains("holds a secret itself") && $0.line == 5 })
    #expect(!found.contains { "\($0)".contains("hunter2") })
}

@Test("credentials in a url are not part of what is shown")
func urlCredentials() throws {
    let text = "connections:\n- {name: a, kind: metrics, url: 'https://ana:s3cret@h:1/p?token=x'}\n"
    let config = try #require(reader.read(text, file: "f").config)
    #expect(config.connections[0].connection.url == "https://h:1/p")
}

@Test("broken YAML is told with its place", arguments: ["a: [1, 2", "a: b: c", "\tx: 1", "a: 1\na: 2"])
func brokenYAML(text: String) {
    let outcome = reader.read(text, file: "f")
    #expect(outcome.config == nil)
    #expect(outcome.issues.contains { $0.line > 0 })
}

@Test("an empty file says how to begin", arguments: ["", "# nothing\n"])
func emptyFile(text: String) {
    #expect(issues(text).contains { $0.hint.contains("pitwall init") })
}

@Test(
    "wrong types are told in words",
    arguments: ["connections: yes", "models: {a: b}", "console: [1]", "store: {max_size: lots}"])
func wrongTypes(text: String) {
    let outcome = reader.read(text, file: "f")
    #expect(outcome.config == nil)
    #expect(!outcome.issues.isEmpty)
}

@Test("matchers read equality, negation and regular expressions")
func matchers() throws {
    let text = """
        connections:
        - {name: p, kind: prometheus, url: 'http://h:9090'}
        models:
        - name: m
          metrics: [{connection: p, match: {a: x, b: "!y", c: "~z.*", d: "!~w"}}]
        """
    let config = try #require(reader.read(text, file: "f").config)
    #expect(
        config.models[0].metrics[0].matching == [
            Matcher("a", "x"), Matcher("b", "y", isEqual: false), Matcher("c", "z.*", isRegex: true),
            Matcher("d", "w", isRegex: true, isEqual: false),
        ])
}

@Test("secrets come from the environment, a file and a command")
func secretSources() async throws {
    let secrets = SecretReader(environment: ["T": "abc\n", "EMPTY": "", "PATH": "/usr/bin:/bin"])
    #expect(try await secrets.read(.environment("T")) == "abc")
    #expect(try await secrets.read(.command(["printf", "x y"])) == "x y")
    #expect(try await secrets.read(.file("/etc/hostname")).isEmpty == false)
    for bad in [
        SecretPlace.environment("NO"), .environment("EMPTY"), .file("/does/not/exist"), .command(["false"]),
        .command(["no-such-program"]),
    ] {
        await #expect(throws: ConnectorFault.self) { try await secrets.read(bad) }
    }
}

@Suite struct DeploymentConfigTests {
    private func read(_ text: String) -> ConfigReader.Outcome {
        let kind = ConnectorInfo(id: "metrics", title: "M", summary: "m")
        return ConfigReader(kinds: [kind], profiles: []).read(text, file: "c.yaml")
    }

    @Test func whatIsAllowedFrozenAndGuardedIsRead() throws {
        let outcome = read(
            """
            connections:
              - {name: a, kind: metrics, url: 'http://a', allow: [rollback, scale]}
              - {name: b, kind: metrics, url: 'http://b', allow: []}
              - {name: c, kind: metrics, url: 'http://c'}
            deployments:
              approvals: 2
              verify: {for: 5m, before: 20m, error: 1%}
              freeze:
                - {reason: weekend, days: [fri, sat], from: '18:00', to: '08:00', names: ['prod/*']}
                - {reason: year's end, since: 2026-12-23T00:00:00Z, until: 2027-01-02T00:00:00Z}
              guard:
                - {names: ['prod/*'], burn_rate: 14, for: 3m, countdown: 30s, at_most: 2, per: 12h}
            """)
        let config = try #require(outcome.config, "\(outcome.issues)")
        #expect(config.connections.map(\.connection.allow) == [[.rollback, .scale], [], nil])
        let settings = config.deployments
        #expect(settings.approvals == 2 && settings.proof.window == 300 && settings.proof.alpha == 0.01)
        let friday = try #require(Timestamp(rfc3339: "2026-11-27T19:00:00Z"))
        let weekend = settings.freezes[0]
        #expect(weekend.holds(at: friday) && weekend.holds(at: friday.advanced(by: 12 * 3600)))
        #expect(!weekend.holds(at: friday.advanced(by: -2 * 3600)), "before it begins")
        #expect(weekend.holds(at: friday.advanced(by: 86400 + 12 * 3600)), "into Sunday morning")
        #expect(!weekend.holds(at: friday.advanced(by: 86400 + 14 * 3600)))
        #expect(!weekend.holds(at: friday.advanced(by: -14 * 3600)), "Thursday's night is not Friday's")
        #expect(settings.freezes[1].holds(at: try #require(Timestamp(rfc3339: "2026-12-24T12:00:00Z"))))
        #expect(settings.guards.first?.limit == 2 && settings.guards.first?.limitSpan == 43200)
    }

    @Test func whatIsWrongIsNamed() {
        let outcome = read(
            """
            connections:
              - {name: a, kind: metrics, url: 'http://a', allow: [rolback]}
            deployments:
              approvals: 0
              freeze: [{reason: x, days: [someday]}, {reason: y, since: tomorrow}, {reason: z, from: '25:00'}]
              guard: [{names: ['*']}]
            """)
        let issues = outcome.issues.map(\.description).joined(separator: "\n")
        for words in [
            "Did you mean `rollback`", "`approvals`", "`someday` is no day", "`since` is `tomorrow`", "25:00",
            "burn_rate",
        ] {
            #expect(issues.contains(words), "\(words)")
        }
        #expect(outcome.config == nil)
    }

    @Test func namesWithStarsMatch() {
        for (pattern, name, fits) in [
            ("prod/*", "prod/chat", true), ("*", "x", true), ("prod/*", "staging/chat", false),
            ("*chat*", "prod/chat-2", true),
            ("a*b*c", "axxbyyc", true), ("a*b*c", "axxbyy", false), ("", "x", false), ("", "", true),
        ] { #expect(NamePattern.matches(pattern, name) == fits, "\(pattern) \(name)") }
    }
}
