import Foundation
public import PitModel
import Yams

/// Kubeconfig files, merged: of clusters, users and contexts of one name the first file's is taken whole.
public struct Kubeconfig {
    fileprivate struct Entry {
        var node: Node
        /// The folder that its paths start from.
        var folder: String
    }

    private var clusters: [String: Entry] = [:]
    private var users: [String: Entry] = [:]
    private var contexts: [String: Entry] = [:]
    public private(set) var currentContext: String?
    public var contextNames: [String] { contexts.keys.sorted() }

    private static let limit = 8 << 20

    /// Reads what is there. Of several files those that are missing are passed by; one alone has to be there.
    public init(files: [String], home: String) throws(ConnectorFault) {
        var seen: Set<String> = []
        var found = 0
        for file in files where seen.insert(file).inserted && !file.isEmpty {
            let path = file.hasPrefix("~/") ? home + file.dropFirst(1) : file
            guard FileManager.default.fileExists(atPath: path) else {
                if files.count == 1 { throw .file("the kubeconfig \(file) is not there") }
                continue
            }
            guard let handle = FileHandle(forReadingAtPath: path),
                let data = try? handle.read(upToCount: Self.limit + 1)
            else { throw .file("the kubeconfig \(file) cannot be read") }
            try? handle.close()
            guard data.count <= Self.limit else { throw .file("the kubeconfig \(file) is larger than 8 MiB") }
            try add(String(decoding: data, as: UTF8.self), file: path)
            found += 1
        }
        if found == 0 { throw .file("there is no kubeconfig at \(files.joined(separator: ", "))") }
    }

    /// The text of one file. `file` is its path.
    public init(text: String, file: String) throws(ConnectorFault) { try add(text, file: file) }

    private mutating func add(_ text: String, file: String) throws(ConnectorFault) {
        let root: Node?
        do { root = try Yams.compose(yaml: text, .basic) } catch {
            // The parser's own words may quote a secret.
            throw .file("the kubeconfig \(file) is no YAML")
        }
        guard let mapping = root?.mapping else { throw .file("the kubeconfig \(file) is no mapping") }
        let folder = URL(filePath: file).deletingLastPathComponent().path
        func take(_ list: String, _ key: String, _ into: inout [String: Entry]) {
            for item in mapping[list]?.sequence ?? [] {
                guard let name = item.mapping?["name"]?.string, into[name] == nil, let node = item.mapping?[key] else {
                    continue
                }
                into[name] = Entry(node: node, folder: folder)
            }
        }
        take("clusters", "cluster", &clusters)
        take("users", "user", &users)
        take("contexts", "context", &contexts)
        if currentContext == nil, let current = mapping["current-context"]?.string, !current.isEmpty {
            currentContext = current
        }
    }

    /// What a context says; nil takes the current one.
    public func access(context wanted: String?) throws(ConnectorFault) -> ClusterAccess {
        guard let name = wanted ?? currentContext else {
            throw .file("the kubeconfig has no current context: name one of \(words(contexts.keys))")
        }
        guard let context = contexts[name] else {
            throw .file("the kubeconfig has no context \(name): there are \(words(contexts.keys))")
        }
        let clusterName = context.text("cluster") ?? ""
        guard let cluster = clusters[clusterName] else {
            throw .file("context \(name) names the cluster \(clusterName), which is not in the kubeconfig")
        }
        guard let server = cluster.text("server"), server.hasPrefix("https://") || server.hasPrefix("http://") else {
            throw .file("cluster \(clusterName) has no server that starts with https:// or http://")
        }
        var access = ClusterAccess(context: name, server: server, namespace: context.text("namespace") ?? "default")
        access.serverName = cluster.text("tls-server-name")
        access.isInsecure = cluster.flag("insecure-skip-tls-verify")
        access.ca = try cluster.document("certificate-authority", of: "cluster \(clusterName)")
        if access.isInsecure, access.ca != nil {
            throw .file("cluster \(clusterName) skips the check of certificates and names an authority: keep one")
        }
        access.proxy = cluster.text("proxy-url")
        guard let userName = context.text("user"), !userName.isEmpty else { return access }
        guard let user = users[userName] else {
            throw .file("context \(name) names the user \(userName), who is not in the kubeconfig")
        }
        try user.identify(&access, name: userName, cluster: cluster)
        return access
    }

    private func words(_ names: some Collection<String>) -> String {
        names.isEmpty ? "none" : names.sorted().prefix(20).joined(separator: ", ")
    }
}

extension Kubeconfig.Entry {
    fileprivate func text(_ key: String) -> String? {
        guard let text = node.mapping?[key]?.string, !text.isEmpty, text != "null", text != "~" else { return nil }
        return text
    }

    fileprivate func flag(_ key: String) -> Bool { node.mapping?[key]?.string == "true" }

    fileprivate func path(_ file: String) -> String { file.hasPrefix("/") ? file : "\(folder)/\(file)" }

    /// The text of `KEY-data`, else the file of `KEY`.
    fileprivate func document(
        _ key: String, of what: String
    ) throws(ConnectorFault) -> ClusterAccess.Document? {
        if let data = text(key + "-data") {
            guard let bytes = Data(base64Encoded: data, options: .ignoreUnknownCharacters), !bytes.isEmpty else {
                throw .file("\(key)-data of \(what) is no base64")
            }
            return .text(Hidden(String(decoding: bytes, as: UTF8.self)))
        }
        return text(key).map { .file(path($0)) }
    }

    fileprivate func identify(
        _ access: inout ClusterAccess, name: String, cluster: Kubeconfig.Entry
    ) throws(ConnectorFault) {
        access.certificate = try document("client-certificate", of: "user \(name)")
        access.key = try document("client-key", of: "user \(name)")
        if (access.certificate == nil) != (access.key == nil) {
            throw .file("user \(name) has only one of client-certificate and client-key")
        }
        if let file = text("tokenFile") {
            access.credential = .tokenFile(path(file))
        } else if let token = text("token") {
            access.credential = .token(Hidden(token))
        } else if let user = text("username") {
            access.credential = .basic(user: user, password: Hidden(text("password") ?? ""))
        } else if let exec = node.mapping?["exec"] {
            access.credential = .plugin(try plugin(exec, name, cluster, access))
        } else if let provider = node.mapping?["auth-provider"]?.mapping?["name"]?.string {
            throw .file("user \(name) signs in by auth-provider \(provider), which was taken out: use an exec plugin")
        }
        if let user = text("as") { access.impersonation.append(.init("Impersonate-User", user)) }
        if let uid = text("as-uid") { access.impersonation.append(.init("Impersonate-Uid", uid)) }
        for group in node.mapping?["as-groups"]?.sequence ?? [] {
            if let group = group.string { access.impersonation.append(.init("Impersonate-Group", group)) }
        }
        for (key, values) in node.mapping?["as-user-extra"]?.mapping ?? [:] {
            for value in values.sequence ?? [] {
                guard let key = key.string, let value = value.string else { continue }
                access.impersonation.append(.init("Impersonate-Extra-" + Self.encoded(key), value))
            }
        }
        if access.impersonation.first.map({ $0.name != "Impersonate-User" }) ?? false {
            throw .file("user \(name) impersonates groups without naming a user in `as`")
        }
    }

    /// A key as it may stand in a header's name.
    private static func encoded(_ key: String) -> String {
        key.lowercased().utf8.map { byte in
            let isPlain = byte &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x2D || byte == 0x2E || byte == 0x5F
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private func plugin(
        _ exec: Node, _ name: String, _ cluster: Kubeconfig.Entry, _ access: ClusterAccess
    ) throws(ConnectorFault) -> ExecPlugin {
        guard let exec = exec.mapping, let command = exec["command"]?.string, !command.isEmpty else {
            throw .file("the exec plugin of user \(name) names no command")
        }
        let version = exec["apiVersion"]?.string ?? ""
        guard version.hasPrefix("client.authentication.k8s.io/v1"), !version.hasSuffix("v1alpha1") else {
            throw .file("the exec plugin of user \(name) speaks `\(version)`: v1 and v1beta1 are known")
        }
        var plugin = ExecPlugin(
            // Only one that is written as a path is a path.
            command: command.contains("/") ? path(command) : command,
            arguments: (exec["args"]?.sequence ?? []).compactMap(\.string), apiVersion: version,
            installHint: (exec["installHint"]?.string ?? "").filter { !$0.isNewline || $0 == "\n" })
        plugin.environment = (exec["env"]?.sequence ?? []).compactMap { item in
            guard let name = item.mapping?["name"]?.string else { return nil }
            return .init(name, Hidden(item.mapping?["value"]?.string ?? ""))
        }
        plugin.needsTerminal = exec["interactiveMode"]?.string == "Always"
        if exec["provideClusterInfo"]?.string == "true" { plugin.cluster = cluster.information(access) }
        return plugin
    }

    /// What a plugin is told of its cluster.
    private func information(_ access: ClusterAccess) -> String {
        var told: [String: Any] = ["server": access.server]
        told["tls-server-name"] = access.serverName
        if access.isInsecure { told["insecure-skip-tls-verify"] = true }
        told["proxy-url"] = access.proxy
        switch access.ca {
        case .text(let text): told["certificate-authority-data"] = Data(text.value.utf8).base64EncodedString()
        case .file(let path):
            told["certificate-authority-data"] = FileManager.default.contents(atPath: path)?.base64EncodedString()
        case nil: break
        }
        for item in node.mapping?["extensions"]?.sequence ?? []
        where item.mapping?["name"]?.string == "client.authentication.k8s.io/exec" {
            if let config = item.mapping?["extension"] { told["config"] = Self.plain(config) }
        }
        guard let data = try? JSONSerialization.data(withJSONObject: told) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    private static func plain(_ node: Node) -> Any {
        switch node {
        case .mapping(let mapping):
            var all: [String: Any] = [:]
            for (key, value) in mapping { if let key = key.string { all[key] = plain(value) } }
            return all
        case .sequence(let sequence): return sequence.map(plain)
        default: return node.bool ?? node.string ?? ""
        }
    }
}
