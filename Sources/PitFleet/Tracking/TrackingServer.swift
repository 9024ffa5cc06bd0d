import FlyingFox
import Foundation
import PitModel
import PitParse
import Synchronization

/// The part of MLflow's REST API that pitwall asks for: experiments, runs, the model registry, prompts.
final class TrackingServer: Sendable {
    /// A question without its transport.
    struct Question {
        /// `GET runs/get`: the method, and the path below `/api/2.0/mlflow/`.
        var call: String
        /// Members of the body; of a GET its query.
        var body: JSONValue
        /// Every value of a key that may come again.
        var repeated: [String: [String]] = [:]

        subscript(_ key: String) -> String? { body[key]?.words }
        func number(_ key: String) -> Double? { body[key]?.figure }
    }

    /// An error as MLflow words it.
    struct Refusal: Error {
        var code: String
        var words: String
        var status: HTTPStatusCode { code == "RESOURCE_DOES_NOT_EXIST" ? .notFound : .badRequest }

        static func missing(_ words: String) -> Refusal { Refusal(code: "RESOURCE_DOES_NOT_EXIST", words: words) }
        static func invalid(_ words: String) -> Refusal { Refusal(code: "INVALID_PARAMETER_VALUE", words: words) }
    }

    typealias Members = [(key: String, value: JSONValue)]
    typealias Handler = @Sendable (Question, inout TrackingState, Timestamp) throws(Refusal) -> Members

    static let version = "3.17.2"
    private static let root = "/api/2.0/mlflow/"
    /// What MLflow's own pages ask.
    private static let pages = "/ajax-api/2.0/mlflow/"
    private let state: Mutex<TrackingState>
    private let now: @Sendable () -> Timestamp
    /// What is released meanwhile, by model: each is a version, too.
    private let releases: @Sendable () -> [String: [TrackedVersion]]

    init(
        seed: UInt64, now: @escaping @Sendable () -> Timestamp,
        releases: @escaping @Sendable () -> [String: [TrackedVersion]] = { [:] }
    ) {
        (self.now, self.releases) = (now, releases)
        var state = TrackingState()
        let begun = now()
        TrainingStory.begin(&state, seed: seed, at: begun)
        RegistryStory.begin(&state, at: begun)
        state.live(until: begun)
        self.state = Mutex(state)
    }

    func install(on server: HTTPServer) async {
        await server.appendRoute("GET /version") { _ in Reply.text(Self.version) }
        await server.appendRoute("GET /health") { _ in Reply.text("OK") }
        await server.appendRoute("POST /api/3.0/mlflow/traces/search") { _ in
            Reply.text("{}", type: "application/json")
        }
        for root in [Self.root, Self.pages] {
            await server.appendRoute(HTTPRoute("\(root)*")) { [self] request in
                guard let question = await Self.question(request, below: root) else {
                    return Self.reply(.invalid("the body is no JSON object"))
                }
                return answer(question)
            }
        }
    }

    private static func question(_ request: FlyingFox.HTTPRequest, below root: String) async -> Question? {
        let call = "\(request.method.rawValue) \(request.path.dropFirst(root.count))"
        if request.method == .GET {
            let items = request.query.map { (key: $0.name, value: $0.value) }
            return Question(
                call: call, body: .object(items.map { ($0.key, .text($0.value)) }),
                repeated: Dictionary(grouping: items, by: \.key).mapValues { $0.map(\.value) })
        }
        guard let data = try? await request.bodyData, let body = JSONReader.value(of: data), body.members != nil else {
            return nil
        }
        return Question(call: call, body: body)
    }

    private func answer(_ question: Question) -> HTTPResponse {
        do throws(Refusal) {
            return Reply.text(JSONValue.object(try members(question)).json, type: "application/json")
        } catch { return Self.reply(error) }
    }

    /// What is said to a question.
    func members(_ question: Question) throws(Refusal) -> Members {
        guard let handler = Self.handlers[question.call] else {
            throw .init(code: "ENDPOINT_NOT_FOUND", words: "the demo's tracking server does not know \(question.call)")
        }
        let (now, released) = (now(), releases())
        // What fails leaves everything as it was.
        let result = state.withLock { state -> Result<Members, Refusal> in
            state.live(until: now)
            state.follow(released)
            var changed = state
            do throws(Refusal) {
                let members = try handler(question, &changed, now)
                state = changed
                return .success(members)
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    private static func reply(_ refusal: Refusal) -> HTTPResponse {
        let body = JSONValue.object([("error_code", .text(refusal.code)), ("message", .text(refusal.words))])
        return Reply.text(
            body.json, type: "application/json",
            status: refusal.code == "ENDPOINT_NOT_FOUND" ? .notFound : refusal.status)
    }

    private static let handlers: [String: Handler] = experimentHandlers.merging(runHandlers) { $1 }
        .merging(registryHandlers) { $1 }

    // MARK: what all replies are made of

    static func pairs(_ values: [String: String]) -> JSONValue {
        .list(values.sorted { $0.key < $1.key }.map { .object([("key", .text($0.key)), ("value", .text($0.value))]) })
    }

    static func pairs(_ list: JSONValue?) -> [String: String] {
        Dictionary(
            (list?.list ?? []).compactMap { item in
                item["key"]?.text.flatMap { key in item["value"]?.words.map { (key, $0) } }
            }, uniquingKeysWith: { $1 })
    }

    static func time(_ at: Timestamp) -> JSONValue { .number(Double(at.milliseconds)) }

    /// One page of a list, and where the next begins.
    static func page(
        _ all: [JSONValue], _ name: String, _ question: Question, usual: Int
    ) -> Members {
        let start = max(0, min(all.count, question["page_token"].flatMap { Int($0) } ?? 0))
        let size = max(1, min(usual, question.number("max_results").map { Int(min($0, 1e6)) } ?? usual))
        let some = Array(all[start..<min(all.count, start + size)])
        var members: Members = some.isEmpty ? [] : [(name, .list(some))]
        if start + some.count < all.count { members.append(("next_page_token", .text("\(start + some.count)"))) }
        return members
    }
}
