import Foundation
import PitTestKit
import Testing

/// An API server that is reached as people reach theirs: by kubeconfigs that are merged, and a plugin for the token.
private final class KubeServer {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-cluster-\(UUID().uuidString)").path
    private let process = Process()
    private let input = Pipe()
    private let url: String

    init() throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../Peers/kubernetes.py"
        ).standardized.path
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script, "--attached", "--deployments", "3", "--revisions", "3"]
        let output = Pipe()
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A { line.append(byte) }
        url = String(decoding: line, as: UTF8.self)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try ask("-d", #"{"controller": true, "kubelet": true, "ready_after": 0.05}"#, "\(url)/-/set")
        try write(
            "clusters",
            """
            {apiVersion: v1, kind: Config, current-context: nowhere,
             clusters: [{name: c, cluster: {server: '\(url)'}}],
             contexts: [{name: prod, context: {cluster: c, user: plugged}},
                        {name: looking, context: {cluster: c, user: viewer}}]}
            """)
        try write(
            "users",
            """
            {apiVersion: v1, kind: Config, users: [
             {name: viewer, user: {token: viewer.0123456789abcdef}},
             {name: plugged, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never,
               command: '\(folder)/plugin'}}}]}
            """)
        try write(
            "plugin",
            """
            #!/bin/sh
            echo run >> '\(folder)/plugin-runs'
            echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
              "status": {"token": "operator.0123456789abcdef", "expirationTimestamp": "2099-01-01T00:00:00Z"}}'
            """)
        chmod(folder + "/plugin", 0o700)
        for context in ["prod", "looking"] {
            try write(
                "\(context).yaml",
                """
                connections:
                  - {name: \(context), kind: kubernetes, context: \(context), allow: [rollback]}
                console: {author: ana}
                """)
        }
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    @discardableResult
    func ask(_ words: String...) throws -> String {
        let token = "Authorization: Bearer admin.0123456789abcdef"
        let output = try Command(["curl", "-fsS", "--noproxy", "*", "-H", token] + words).run()
        guard output.status == 0 else { throw Command.Failure(output.text) }
        return output.text
    }

    func deployment(_ path: String) throws -> String { try ask("\(url)/apis/apps/v1/namespaces/\(path)") }

    /// What is wanted of it, and how often that was changed: what its controllers write beside it does not matter.
    func wanted(_ path: String) throws -> NSDictionary {
        let object = try JSONSerialization.jsonObject(with: Data(try deployment(path).utf8)) as? [String: Any]
        let meta = object?["metadata"] as? [String: Any]
        guard let spec = object?["spec"], let generation = meta?["generation"] else {
            throw Command.Failure("no deployment at \(path)")
        }
        return ["spec": spec, "generation": generation, "annotations": meta?["annotations"] ?? [:]]
    }

    func pitwall(_ context: String, _ words: String...) throws -> Command.Output {
        try Command(
            [Peers.program] + words + ["--config", "\(folder)/\(context).yaml"],
            environment: [
                "KUBECONFIG": "\(folder)/clusters:\(folder)/users", "XDG_STATE_HOME": folder + "/state",
                "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
            ]
        ).run()
    }
}

extension EndToEnd {
    @Test("a cluster that merged kubeconfigs and a plugin lead to is listed, planned and rolled back by the commands")
    func clusterByKubeconfig() throws {
        let server = try KubeServer()
        let listed = try server.pitwall("prod", "get", "deployments", "-o", "json")
        let rows = try? JSONSerialization.jsonObject(with: Data(listed.text.utf8)) as? [[String: Any]]
        #expect(rows?.count == 3, "\(listed.text)")
        let before = try server.wanted("team-00/deployments/llm-00000")

        let refused = try server.pitwall("looking", "rollback", "team-00/llm-00000", "--yes", "--reason", "worse")
        #expect(refused.status != 0 && refused.text.contains("may not patch deployments"), "\(refused.text)")
        let plan = try server.pitwall("prod", "rollback", "team-00/llm-00000", "--dry-run", "--reason", "worse")
        #expect(plan.text.contains("llm-server:1.0.1"), "\(plan.text)")
        #expect(try server.wanted("team-00/deployments/llm-00000") == before)

        let done = try server.pitwall(
            "prod", "rollback", "team-00/llm-00000", "--yes", "--reason", "answers got worse")
        #expect(done.status == 0, "\(done.text)")
        let after = try server.deployment("team-00/deployments/llm-00000")
        #expect(after.contains("answers got worse") && after.contains("llm-server:1.0.1"))
        let runs = try String(contentsOfFile: server.folder + "/plugin-runs", encoding: .utf8)
        #expect(runs.split(separator: "\n").count == 3, "once for each command")
        for text in [listed.text, plan.text, done.text, refused.text] { #expect(!text.contains("0123456789abcdef")) }
    }
}
