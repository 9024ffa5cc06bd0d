import Foundation
import PitConnect
import PitEngine
import PitModel
import PitStore
import Synchronization

/// A wire that answers as a recorded MLflow did, and remembers tags and aliases that were set.
final class RecordedRegistry: HTTP {
    struct State {
        /// Of versions, by number.
        var tags: [String: [String: String]] = [:]
        var champion = "2"
        var sent: [String] = []
        var fault: ConnectorFault?
    }
    let address = "http://recorded"
    let state = Mutex(State())
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../PitConnectTests/Fixtures/mlflow")

    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        let (fault, tags, champion) = state.withLock { ($0.fault, $0.tags, $0.champion) }
        if let fault { throw fault }
        let version = request.query.first { $0.name == "version" }?.value
        let path = request.path.split(separator: "/mlflow/").last.map(String.init) ?? ""
        switch path {
        case "registered-models/search": return try reply("registered-models-search.json", champion: champion)
        case "registered-models/get":
            let name = request.query.first { $0.name == "name" }?.value
            guard name == "support-assistant" else { return try reply("error-model-unknown.json", 404) }
            return try reply("registered-models-get.json", champion: champion)
        case "model-versions/get":
            let file = version == "2" ? "model-versions-get.json" : "alias-get.json"
            return try reply(file, tags: tags[version ?? ""] ?? [:])
        case "model-versions/search": return try reply("model-versions-search.json")
        case "runs/get": return try reply("runs-get.json")
        case "model-versions/set-tag", "registered-models/set-tag":
            let body = object(request.body)
            state.withLock { state in
                state.sent.append("\(path) \(body["key"] as? String ?? "")")
                guard path == "model-versions/set-tag", let number = body["version"] as? String else { return }
                state.tags[number, default: [:]][body["key"] as? String ?? ""] = body["value"] as? String
            }
            return try reply("model-version-set-tag.json")
        case "registered-models/alias":
            if request.method == .post {
                let body = object(request.body)
                state.withLock { state in
                    state.champion = body["version"] as? String ?? ""
                    state.sent.append("alias \(state.champion)")
                }
                return try reply("model-version-set-tag.json")
            }
            return try reply(champion == "2" ? "model-versions-get.json" : "alias-get.json")
        default: throw .notFound(path: request.path)
        }
    }

    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply { throw .notFound(path: request.path) }

    private func object(_ bytes: [UInt8]) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:]
    }

    /// A recorded reply, with the tags and the alias as they are by now.
    private func reply(
        _ file: String, _ status: Int = 200, tags: [String: String] = [:], champion: String? = nil
    ) throws(ConnectorFault) -> HTTPReply {
        guard let data = try? Data(contentsOf: Self.folder.appending(path: file)) else { throw .notFound(path: file) }
        var text = String(decoding: data, as: UTF8.self)
        if let champion, champion != "2" {
            text.replace(#/("alias": "champion",\s+"version": )"2"/#) { "\($0.1)\"\(champion)\"" }
        }
        if !tags.isEmpty, let place = text.firstRange(of: "\"tags\": [") {
            let pairs = tags.map { ["key": $0.key, "value": $0.value] }
            let added = (try? JSONSerialization.data(withJSONObject: pairs)) ?? Data("[]".utf8)
            text.insert(
                contentsOf: String(decoding: added, as: UTF8.self).dropFirst().dropLast() + ",", at: place.upperBound)
        }
        return HTTPReply(status: status, headers: [("content-type", "application/json")], body: Array(text.utf8))
    }
}

/// An engine over the recorded registry, with policies.
struct ReviewBench {
    let clock = HandClock()
    let registry = RecordedRegistry()
    let store: Store
    let engine: Engine
    static let name = ConnectionName("tracking")
    static let id = DeploymentID(connection: name, kind: .alias, name: "support-assistant@champion")

    init(_ policies: [ReviewPolicy], isReadOnly: Bool = false) async throws {
        store = try Store.inMemory()
        let connection = Connection(name: Self.name, kind: "mlflow", url: "http://recorded", interval: 10)
        var settings = EngineSettings(
            servers: [ConnectedServer(connection, MLflowConnector(connection, http: registry))],
            models: [
                ModelConfig(
                    name: ModelName("support"), references: ["deployment": "support-assistant@champion"])
            ], profiles: [], author: "ana", isReadOnly: isReadOnly)
        settings.governance.policies = policies
        engine = Engine(
            settings: settings, store: store, lock: nil, clock: clock, ring: LogRing(clock: clock), publish: { _ in })
        _ = await engine.prepare()
        _ = await engine.pollOnce()
    }

    func review(requester: String? = nil) async throws -> Review {
        try await engine.review("support-assistant", version: "3", requester: requester)
    }

    /// What came of a requirement of the first policy.
    func result(_ name: String, requester: String? = nil) async throws -> RequirementResult? {
        try await review(requester: requester).policies.first?.results.first { $0.name == name }
    }

    @discardableResult
    func decide(
        _ kind: ReviewFact.Kind, by author: String, on subject: String = "", until: Timestamp? = nil
    ) async throws -> Result<ReviewDecision, OperationRefusal> {
        clock.advance(5)
        let card = try await review().evidence.card
        return await engine.decide(
            kind, on: card, subject: subject, reason: "because of it", until: until, by: author)
    }

    func promote(_ author: String = "ana") async throws -> DeploymentPlan {
        try await engine.plan(
            DeploymentRequest(.promote, Self.id, to: RevisionID("3"), author: author, reason: "better"))
    }
}
