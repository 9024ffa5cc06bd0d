import FlyingFox
import Foundation
import PitModel
import PitParse

/// The part of Kubeflow Pipelines' v2beta1 that pitwall asks for, and of the cluster that its pods are in.
struct PipelineServer {
    /// A question without its transport.
    struct Question {
        var method: String
        /// With no host and no query.
        var path: String
        var query: [(name: String, value: String)] = []
        var body: [UInt8] = []

        subscript(_ name: String) -> String? { query.first { $0.name == name }?.value }
    }

    struct Answer {
        var status = 200
        /// JSON, unless it is a log.
        var text: String

        init(_ value: JSONValue) { text = value.json }
        init(log lines: [String]) { text = lines.map { $0 + "\n" }.joined() }

        /// As a gateway words an error of gRPC.
        init(_ status: Int, code: Double, _ words: String) {
            text =
                JSONValue.object([
                    ("error", .text(words)), ("code", .number(code)), ("message", .text(words)), ("details", .list([])),
                ]).json
            self.status = status
        }
    }

    let world: FleetWorld
    /// Bytes of a question that are read.
    private static let mostBytes = 64 << 10

    func install(on server: HTTPServer) async {
        for route in ["GET /apis", "GET /apis/*", "POST /apis/*", "GET /version", "GET /api/*"] {
            await server.appendRoute(HTTPRoute(route)) { [self] request in
                let body = (try? await request.bodyData) ?? Data()
                guard body.count <= Self.mostBytes else { return Reply.text("too long", status: .payloadTooLarge) }
                let answer = answer(
                    Question(
                        method: request.method.rawValue, path: request.path,
                        query: request.query.map { ($0.name, $0.value) }, body: Array(body)))
                return Reply.text(
                    answer.text, type: "application/json", status: HTTPStatusCode(answer.status, phrase: ""))
            }
        }
    }

    /// What is said to a question.
    func answer(_ question: Question) -> Answer {
        world.look { state in
            if let answer = ClusterTalk(now: state.lived, wall: world.wall).answer(question, state.pipelines) {
                return answer
            }
            let talk = PipelineTalk(now: state.lived, wall: world.wall)
            return talk.answer(question, &state.pipelines, &state.deployments)
        }
    }
}
