import Foundation
import PitConfig
import PitModel
import Testing

@Suite struct KubeconfigTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-kube-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let path = folder.appending(path: name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    private func access(_ text: String, context: String? = nil) throws -> ClusterAccess {
        try Kubeconfig(text: text, file: "/etc/kube/config").access(context: context)
    }

    private func words(_ body: () async throws(ConnectorFault) -> Void) async -> String {
        do throws(ConnectorFault) { try await body() } catch { return error.summary }
        return "it was taken"
    }

    private let plain = """
        apiVersion: v1
        kind: Config
        current-context: prod
        clusters:
          - name: c
            cluster: {server: 'https://10.0.0.1:6443/prefix', certificate-authority: pki/ca.crt, tls-server-name: api,
              proxy-url: 'socks5://127.0.0.1:1080'}
          - name: open
            cluster: {server: 'https://10.0.0.2:6443', insecure-skip-tls-verify: true}
        users:
          - name: u
            user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ, as: jane, as-uid: '7', as-groups: [a, b],
              as-user-extra: {'Scopes/x': [read, write]}}
          - {name: t, user: {token: s3cret-token}}
          - {name: f, user: {tokenFile: run/token}}
          - {name: p, user: {username: root, password: s3cret-word}}
        contexts:
          - {name: prod, context: {cluster: c, user: u, namespace: llm}}
          - {name: stage, context: {cluster: open, user: t}}
          - {name: file, context: {cluster: open, user: f}}
          - {name: old, context: {cluster: open, user: p}}
          - {name: lost, context: {cluster: nowhere, user: t}}
          - {name: nobody, context: {cluster: c, user: gone}}
        """

    @Test func aContextSaysAllThatIsNeeded() throws {
        let prod = try access(plain)
        #expect(prod.server == "https://10.0.0.1:6443/prefix")
        #expect(prod.ca == .file("/etc/kube/pki/ca.crt"))
        #expect(prod.serverName == "api")
        #expect(prod.proxy == "socks5://127.0.0.1:1080")
        #expect(prod.namespace == "llm")
        #expect(prod.certificate == .text(Hidden("CERT")))
        #expect(prod.key == .text(Hidden("KEY")))
        #expect(
            prod.impersonation == [
                .init("Impersonate-User", "jane"), .init("Impersonate-Uid", "7"), .init("Impersonate-Group", "a"),
                .init("Impersonate-Group", "b"), .init("Impersonate-Extra-scopes%2fx", "read"),
                .init("Impersonate-Extra-scopes%2fx", "write"),
            ])
        let stage = try access(plain, context: "stage")
        #expect(stage.isInsecure)
        #expect(stage.credential == .token(Hidden("s3cret-token")))
        #expect(stage.namespace == "default")
        #expect(try access(plain, context: "file").credential == .tokenFile("/etc/kube/run/token"))
        #expect(try access(plain, context: "old").credential == .basic(user: "root", password: Hidden("s3cret-word")))
        var dumped = "\(stage) \(prod)"
        dump(stage, to: &dumped)
        dump(try access(plain, context: "old"), to: &dumped)
        #expect(!dumped.contains("s3cret"))
    }

    @Test func whatIsWrongIsNamedWithoutTheSecret() async throws {
        let cases: [(String, String, String)] = [
            (plain, "elsewhere", "no context elsewhere: there are file, lost, nobody, old, prod, stage"),
            (plain, "lost", "the cluster nowhere, which is not in the kubeconfig"),
            (plain, "nobody", "the user gone, who is not in the kubeconfig"),
            (plain.replacing("tls-server-name: api", with: "insecure-skip-tls-verify: true"), "prod", "keep one"),
            (plain.replacing("client-key-data: S0VZ, ", with: ""), "prod", "only one of client-certificate"),
            (plain.replacing("Q0VSVA==", with: "'*'"), "prod", "is no base64"),
            (plain.replacing("https://10.0.0.2:6443", with: "10.0.0.2:6443"), "stage", "no server that starts with"),
            (plain.replacing("as: jane, ", with: ""), "prod", "without naming a user"),
            ("a: [", "prod", "is no YAML"), ("- a", "prod", "is no mapping"),
            (plain.replacing("current-context: prod", with: ""), "", "has no current context"),
        ]
        for (text, context, expected) in cases {
            let said = await words { () throws(ConnectorFault) in
                _ = try Kubeconfig(text: text, file: "/k").access(context: context.isEmpty ? nil : context)
            }
            #expect(said.contains(expected), "\(said)")
            #expect(!said.contains("s3cret"))
        }
    }

    @Test func ofSeveralFilesTheFirstEntryOfANameIsTakenWhole() throws {
        let first = try write(
            "first",
            """
            contexts: [{name: prod, context: {cluster: c, user: t}}]
            users: [{name: t, user: {token: one}}]
            """)
        let second = try write("second", plain)
        let lookup = ClusterLookup(environment: ["KUBECONFIG": "\(first)::\(folder.path)/missing:\(second):\(first)"])
        let access = try lookup.access(ClusterPlace(context: "prod"))
        #expect(access.credential == .token(Hidden("one")))
        #expect(access.namespace == "default")
        #expect(access.server == "https://10.0.0.1:6443/prefix")
        // Paths start at the file that they stand in.
        #expect(access.ca == .file("\(folder.path)/pki/ca.crt"))
        #expect(try lookup.access(ClusterPlace()).context == "prod")
        #expect(try lookup.access(ClusterPlace(files: [second], context: "stage")).isInsecure)
    }

    @Test func aPodKnowsItsCluster() async throws {
        _ = try write("token", "a")
        _ = try write("namespace", "llm\n")
        let inside = ClusterLookup(
            environment: ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443", "HOME": folder.path],
            account: folder.path)
        let access = try inside.access(ClusterPlace())
        #expect(access.server == "https://[fd00::1]:443")
        #expect(access.credential == .tokenFile(folder.path + "/token"))
        #expect(access.ca == .file(folder.path + "/ca.crt"))
        #expect(access.namespace == "llm")
        #expect(try inside.access(ClusterPlace(isInCluster: true)) == access)
        let outside = ClusterLookup(environment: ["HOME": folder.path])
        #expect(
            await words { () throws(ConnectorFault) in _ = try outside.access(ClusterPlace(isInCluster: true)) }
                .contains("does not run in a cluster"))
        #expect(
            await words { () throws(ConnectorFault) in _ = try outside.access(ClusterPlace()) }.contains(
                ".kube/config is not there"))
    }

    // MARK: plugins

    private func plugin(_ script: String, _ change: (inout ExecPlugin) -> Void = { _ in }) throws -> ExecPlugin {
        let path = try write("plugin", "#!/bin/sh\n" + script, mode: 0o700)
        var plugin = ExecPlugin(command: path, installHint: "Install it: get-plugin")
        change(&plugin)
        return plugin
    }

    private func answer(_ status: String, version: String = "v1") -> String {
        "echo '{\"apiVersion\":\"client.authentication.k8s.io/\(version)\",\"kind\":\"ExecCredential\",\"status\":\(status)}'"
    }

    @Test func aPluginGivesATokenOrACertificate() async throws {
        let environment = ["PATH": "/usr/bin:/bin", "HOME": "/"]
        let token = try plugin(
            answer("{\"token\":\"'$WHO'-$1\",\"expirationTimestamp\":\"2030-01-01T00:00:00Z\"}")
                .replacing("$1", with: "'$1'")
        ) {
            $0.arguments = ["arg"]
            $0.environment = [.init("WHO", Hidden("me"))]
        }
        let given = try await token.run(environment: environment)
        #expect(given.token == Hidden("me-arg"))
        #expect(given.expires == 1_893_456_000)
        let pair = try await plugin(answer("{\"clientCertificateData\":\"C\",\"clientKeyData\":\"K\"}")).run(
            environment: environment)
        #expect(pair == ExecCredential(certificate: Hidden("C"), key: Hidden("K")))
        // It is told what is asked of it, and of its cluster.
        let asking = try plugin(
            "case \"$KUBERNETES_EXEC_INFO\" in *'\"interactive\":false,\"cluster\":{\"server\":\"s\"}'*) "
                + answer("{\"token\":\"told\"}") + ";; esac"
        ) { $0.cluster = "{\"server\":\"s\"}" }
        #expect(try await asking.run(environment: environment).token == Hidden("told"))
    }

    @Test func aPluginThatFailsSaysWhyAndWhatToDo() async throws {
        let cases: [(String, String)] = [
            (
                "echo 'sign in \u{1B}[31mfirst' >&2; exit 3",
                "ended with status 3: sign in [31mfirst. Install it: get-plugin"
            ),
            ("echo garbage", "something that is no ExecCredential"), ("head -c 2000000 /dev/zero", "more than 1 MiB"),
            ("true", "something that is no ExecCredential"), (answer("null"), "gave no credential"),
            (answer("{}"), "neither a token nor a certificate"),
            (answer("{\"clientKeyData\":\"K\"}"), "only one of certificate and key"),
            (answer("{\"token\":\"a\\\\nb\"}"), "control characters"),
            (answer("{\"token\":\"a\"}", version: "v1beta1"), "answers in client.authentication.k8s.io/v1beta1"),
            ("exec sleep 60", "did not answer within 0 s"),
            // What it started holds its output open, and is not waited for.
            ("sleep 60", "did not answer within 0 s"),
        ]
        for (script, expected) in cases {
            let plugin = try plugin(script)
            let patience = script.contains("sleep") ? 0.2 : 10
            let said = await words { () async throws(ConnectorFault) in
                _ = try await plugin.run(environment: ["PATH": "/usr/bin:/bin"], patience: patience)
            }
            #expect(said.contains(expected), "\(said)")
            #expect(!said.contains("\u{1B}"))
        }
        var missing = ExecPlugin(command: "no-such-plugin-anywhere", installHint: "Install it")
        let said = await words { () async throws(ConnectorFault) in
            _ = try await missing.run(environment: ["PATH": "/usr/bin:/bin"])
        }
        #expect(said.contains("cannot be started. Install it"))
        missing.needsTerminal = true
        #expect(
            await words { () async throws(ConnectorFault) in _ = try await missing.run(environment: [:]) }.contains(
                "at a terminal"))
    }

    @Test func theConfigurationNamesAClusterByContextOrByUrl() throws {
        let kinds = [
            ConnectorInfo(
                id: "kubernetes", title: "K", summary: "s",
                options: [OptionInfo("namespaces", .list, help: "h", example: "[a]")], isCluster: true)
        ]
        let reader = ConfigReader(kinds: kinds, profiles: [])
        func read(_ rest: String) -> ConfigReader.Outcome {
            reader.read("connections:\n  - {name: prod, kind: kubernetes\(rest)}\n", file: "f")
        }
        let named = try #require(
            read(", context: prod, kubeconfig: [~/.kube/a, ~/.kube/b], namespaces: [x]").config?.connections.first)
        #expect(named.cluster == ClusterPlace(files: ["~/.kube/a", "~/.kube/b"], context: "prod"))
        #expect(named.connection.url == "kubeconfig: context prod")
        #expect(named.connection.options["namespaces"]?.list == ["x"])
        #expect(read("").config?.connections.first?.cluster == ClusterPlace())
        #expect(read(", url: 'https://h:6443'").config?.connections.first?.cluster == nil)
        #expect(read(", in_cluster: true").config?.connections.first?.cluster == ClusterPlace(isInCluster: true))
        #expect(read(", in_cluster: true, context: x").issues.first?.what.contains("beside a kubeconfig") == true)
        #expect(read(", auth: {bearer: {env: T}}").issues.first?.what.contains("some of its own") == true)
    }
}
