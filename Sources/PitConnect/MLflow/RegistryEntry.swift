import Glibc
import PitModel
import PitParse
import Synchronization

/// A move of an alias, as it is remembered.
struct RegistryMove: Equatable {
    var id: String
    var to: String
    var from: String
    var author: String
    var reason: String
    /// Nil before it is sent.
    var at: Timestamp?

    init(id: String, to: String, from: String, author: String, reason: String, at: Timestamp?) {
        (self.id, self.to, self.from, self.author, self.reason, self.at) = (id, to, from, author, reason, at)
    }

    /// Whether it leaves no alias of that name.
    var isDeletion: Bool { to.isEmpty }

    init?(_ value: JSONValue?) {
        guard let value, let to = value["to"]?.words, let from = value["from"]?.words else { return nil }
        self.init(
            id: value["id"]?.text ?? "", to: to, from: from, author: value["by"]?.text?.prefix(bytes: 100) ?? "",
            reason: value["reason"]?.text?.prefix(bytes: 500) ?? "",
            at: value["at"]?.text.flatMap(Timestamp.init(rfc3339:)))
    }

    var json: JSONValue {
        .object(
            [
                ("id", .text(id)), ("to", .text(to)), ("from", .text(from)), ("by", .text(author)),
                ("reason", .text(reason)),
            ] + (at.map { [("at", .text($0.rfc3339))] } ?? []))
    }
}

/// A registered model, as the registry tells of it.
struct RegistryEntry {
    typealias Alias = (alias: String, version: String)
    let name: String
    let aliases: [Alias]
    private let createdAt: String
    private let tags: [String: String]
    private static let mostMoves = 10
    private static let mostAliases = 50

    init(_ model: JSONValue) {
        name = model["name"]?.text ?? ""
        createdAt = model["creation_timestamp"]?.words ?? ""
        aliases = (model["aliases"]?.list ?? []).prefix(Self.mostAliases).compactMap { item in
            guard let alias = item["alias"]?.text, let version = item["version"]?.words else { return nil }
            return (alias, version)
        }
        tags = Self.tags(model)
    }

    /// Prompts are registered models, too.
    var isPrompt: Bool { tags[MLflowConnector.promptTag] == "true" }

    /// `chat@champion` as its two parts.
    static func parts(of id: DeploymentID) throws(ConnectorFault) -> (name: String, alias: String) {
        guard let at = id.name.lastIndex(of: "@") else { throw .rejected("\(id.name) is not MODEL@ALIAS") }
        return (String(id.name[..<at]), String(id.name[id.name.index(after: at)...]))
    }

    func holder(of alias: String) throws(ConnectorFault) -> String {
        guard let found = aliases.first(where: { $0.alias == alias }) else {
            let known = aliases.map(\.alias).joined(separator: ", ")
            throw .rejected("\(name) has no alias \(alias) now" + (known.isEmpty ? "" : "; it has: \(known)"))
        }
        return found.version
    }

    /// Another one once the model was deleted and made again.
    func uid(_ alias: String) -> String { "\(name)@\(alias) \(createdAt)" }

    // MARK: what was moved from here

    private static func key(_ alias: String) -> String { "pitwall.alias.\(alias)" }

    /// The newest first.
    func moves(of alias: String) -> [RegistryMove] {
        guard let text = tags[Self.key(alias)] else { return [] }
        return (JSONReader.value(of: text)?.list ?? []).prefix(Self.mostMoves).compactMap(RegistryMove.init)
    }

    /// The move that brought the alias to where it is, when that was the last one known.
    func move(to version: String, of alias: String) -> RegistryMove? {
        moves(of: alias).first { $0.to == version }
    }

    /// The body that remembers one move more.
    func tag(_ move: RegistryMove, _ alias: String) -> JSONValue {
        let kept = [move] + moves(of: alias).filter { $0.id != move.id }.prefix(Self.mostMoves - 1)
        let value = JSONValue.list(kept.map(\.json)).json
        return .object([("name", .text(name)), ("key", .text(Self.key(alias))), ("value", .text(value))])
    }

    /// Who has approved an operation, by a tag of its own on the model: `pitwall.approve.<operation>`, one name or
    /// several with commas between.
    func approvals(of operation: String) -> [String] {
        (tags[Self.approvalKey(operation)] ?? "").split(separator: ",").prefix(10).map {
            String($0.filter { !$0.isWhitespace }).prefix(bytes: 100)
        }.filter { !$0.isEmpty }
    }

    static func approvalKey(_ operation: String) -> String { "pitwall.approve.\(operation)" }

    static func aliasBody(_ name: String, _ alias: String, _ version: String) -> JSONValue {
        .object([("name", .text(name)), ("alias", .text(alias)), ("version", .text(version))])
    }

    // MARK: in our words

    func deployment(_ alias: Alias, _ version: JSONValue, _ connection: ConnectionName) -> Deployment {
        // An older move there is not what brought it there now: somebody else did.
        let move = moves(of: alias.alias).first.flatMap { $0.to == alias.version ? $0 : nil }
        let status: RolloutStatus =
            switch version["status"]?.text {
            case "READY", nil: .complete
            case "PENDING_REGISTRATION": .progressing
            case "FAILED_REGISTRATION": .failed
            default: .unknown
            }
        return Deployment(
            id: DeploymentID(connection: connection, kind: .alias, name: "\(name)@\(alias.alias)"),
            uid: uid(alias.alias), current: alias.version.isEmpty ? nil : RevisionID(alias.version),
            release: alias.version.isEmpty ? "none" : "v\(alias.version)",
            artifacts: isPrompt ? promptArtifacts(alias.version) : Self.artifacts(version), status: status,
            message: version["status_message"]?.text?.prefix(bytes: 300) ?? "", since: move?.at,
            changedBy: move?.author, verbs: isPrompt ? [.rollback, .promote, .stop] : [.rollback, .promote])
    }

    /// What a prompt's alias points to is known by its number alone.
    func promptDeployment(_ alias: Alias, _ connection: ConnectionName) -> Deployment {
        deployment(alias, .object([]), connection)
    }

    private func promptArtifacts(_ version: String) -> [Artifact] {
        version.isEmpty ? [] : [Artifact(.prompt, value: "prompts:/\(name)/\(version)".prefix(bytes: 400))]
    }

    func revision(_ version: JSONValue, _ alias: String, holder: String) -> Revision? {
        guard let number = version["version"]?.words else { return nil }
        let isReady = version["status"]?.text.map { $0 == "READY" } ?? true
        let others = aliases.filter { $0.version == number && $0.alias != alias }.map(\.alias)
        var notes = others.isEmpty ? [] : ["also \(others.joined(separator: ", "))"]
        if let left = moves(of: alias).first(where: { $0.from == number && $0.to != number }), number != holder {
            notes.append("left by \(left.author): \(left.reason)")
        }
        if !isReady { notes.append("its registration is \(version["status"]?.text ?? "not ready")") }
        return Revision(
            id: RevisionID(number), label: "v\(number)", number: Int(number), isCurrent: number == holder,
            isRestorable: isReady,
            createdAt: version["creation_timestamp"]?.figure.map { Timestamp(milliseconds: Int64(min($0, 1e15))) },
            author: version["user_id"]?.text.flatMap { $0.isEmpty ? nil : $0.prefix(bytes: 100) },
            cause: version["description"]?.text?.prefix(bytes: 500) ?? "",
            artifacts: isPrompt ? promptArtifacts(number) : Self.artifacts(version),
            note: notes.joined(separator: "; ").prefix(bytes: 500))
    }

    static func artifacts(_ version: JSONValue) -> [Artifact] {
        guard let name = version["name"]?.text, let number = version["version"]?.words else { return [] }
        var all = [
            Artifact(
                .model, value: "models:/\(name)/\(number)".prefix(bytes: 400),
                digest: version["model_id"]?.text.flatMap { $0.isEmpty ? nil : $0 })
        ]
        for key in ["source", "run_id"] {
            guard let value = version[key]?.text, !value.isEmpty else { continue }
            all.append(Artifact(.parameter, name: key, value: value.prefix(bytes: 400)))
        }
        return all
    }

    /// What two versions of a prompt differ in, line by line.
    static func promptChanges(_ old: JSONValue, _ new: JSONValue) -> [SpecChange] {
        let before = MLflowConnector.version(old)?.body.written ?? ""
        let after = MLflowConnector.version(new)?.body.written ?? ""
        var changes: [SpecChange] = []
        var (removed, added, number): ([String], [String], Int) = ([], [], 1)
        func flush() {
            guard !removed.isEmpty || !added.isEmpty else { return }
            func words(_ lines: [String]) -> String? {
                lines.isEmpty ? nil : lines.joined(separator: "\n").prefix(bytes: 400)
            }
            changes.append(SpecChange("line \(number)", before: words(removed), after: words(added)))
            (number, removed, added) = (number + added.count, [], [])
        }
        for line in PromptDiff(before, after).lines {
            switch line.kind {
            case .removed: removed.append(line.text)
            case .added: added.append(line.text)
            case .same:
                flush()
                number += 1
            }
        }
        flush()
        return Array(changes.prefix(200))
    }

    /// What two versions differ in, their tags included.
    static func changes(_ old: JSONValue, _ new: JSONValue) -> [SpecChange] {
        let (a, b) = (tags(old), tags(new))
        let keys = Set(a.keys).union(b.keys).filter { a[$0] != b[$0] && !$0.hasPrefix("pitwall.") }.sorted()
        return ArtifactChanges.between(artifacts(old), artifacts(new))
            + keys.prefix(200).map {
                SpecChange("tags.\($0)", before: a[$0]?.prefix(bytes: 400), after: b[$0]?.prefix(bytes: 400))
            }
    }

    static func tags(_ item: JSONValue) -> [String: String] {
        let pairs = (item["tags"]?.list ?? []).prefix(500).compactMap { tag -> (String, String)? in
            guard let key = tag["key"]?.text, let value = tag["value"]?.words else { return nil }
            return (key, value)
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }
}

/// Versions that were read, some thousands of them.
final class VersionShelf: Sendable {
    private let kept = Mutex<[String: JSONValue]>([:])
    private static let most = 4000

    func value(_ key: String) -> JSONValue? { kept.withLock { $0[key] } }
    func keep(_ value: JSONValue, as key: String) {
        kept.withLock { kept in
            if kept.count >= Self.most { kept = [:] }
            kept[key] = value
        }
    }
}

/// The time of this machine, for what is written down beside a change.
enum WallTime {
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
