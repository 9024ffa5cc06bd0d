import FlyingFox
import Foundation

/// The routes of one simulated vLLM server.
struct ModelServer {
    let world: FleetWorld
    let index: Int

    private struct Question: Decodable {
        struct Message: Decodable { var content: String? }
        var messages: [Message]
        var max_tokens: Int?
        var stream: Bool?
    }

    private struct TokenizeQuestion: Decodable {
        var prompt: String?
        var messages: [Question.Message]?
    }

    /// About what a tokenizer makes of a text: a piece of four bytes at most.
    private static func tokens(_ text: String) -> Int {
        text.utf8.split(separator: 0x20).reduce(0) { $0 + ($1.count + 3) / 4 }
    }

    func install(on server: HTTPServer) async {
        let (world, index) = (world, index)
        await server.appendRoute("GET /metrics") { _ in
            Reply.text(
                world.look { world.page(of: $0.replicas[index]) }, type: "text/plain; version=0.0.4; charset=utf-8")
        }
        await server.appendRoute("GET /health") { _ in HTTPResponse(statusCode: .ok) }
        await server.appendRoute("GET /version") { _ in Reply.json(["version": "0.33.0"]) }
        await server.appendRoute("GET /v1/models") { _ in
            let name = world.look { $0.replicas[index].cast.name }
            let card: [String: Any] = [
                "id": name, "object": "model", "created": 0, "owned_by": "vllm", "max_model_len": 32768,
            ]
            return Reply.json(["object": "list", "data": [card]])
        }
        await server.appendRoute("POST /tokenize") { request in
            guard let body = try? await request.bodyData, body.count <= 4 << 20,
                let asked = try? JSONDecoder().decode(TokenizeQuestion.self, from: body)
            else { return Reply.json(["error": "a prompt or messages are wanted"], status: .badRequest) }
            let texts = asked.prompt.map { [$0] } ?? (asked.messages ?? []).map { $0.content ?? "" }
            // What a template puts around each message, and around them all.
            let around = asked.prompt == nil ? 3 + 4 * texts.count : 0
            return Reply.json(["count": around + texts.reduce(0) { $0 + Self.tokens($1) }, "max_model_len": 32768])
        }
        await server.appendRoute("POST /v1/chat/completions") { request in
            let cast = world.look { $0.replicas[index].cast }
            let strain = world.look { $0.mood(of: $0.replicas[index]).strain }
            let isWorse = world.look { state in
                let replica = state.replicas[index]
                return state.deployments[cast.name]?.answersWorse(replica.index, at: state.lived) ?? false
            }
            try await Task.sleep(for: .seconds(min(5, cast.firstToken * (1 + 12 * strain))))
            let id = "chatcmpl-demo"
            func chunk(_ delta: String, _ reason: String) -> String {
                "data: {\"id\":\"\(id)\",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":\"\(cast.name)\",\"choices\":[{\"index\":0,\"delta\":\(delta),\"finish_reason\":\(reason)}]}\n\n"
            }
            let wanted = try? await JSONDecoder().decode(Question.self, from: request.bodyData)
            let isPing = wanted?.max_tokens == 1
            let asked = wanted?.messages.last?.content ?? ""
            let answer = isPing ? "Pong" : DemoAnswer.text(to: asked, isWorse: isWorse)
            // A token is about a word.
            let tokens = answer.split(separator: " ", omittingEmptySubsequences: false).enumerated().map {
                $0.offset == 0 ? String($0.element) : " " + $0.element
            }
            func quoted(_ text: String) -> String {
                (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
            }
            guard wanted?.stream ?? true else {
                return Reply.json([
                    "id": id, "object": "chat.completion", "model": cast.name,
                    "choices": [
                        [
                            "index": 0, "finish_reason": "stop",
                            "message": ["role": "assistant", "content": answer],
                        ] as [String: Any]
                    ],
                    "usage": [
                        "prompt_tokens": (wanted?.messages ?? []).reduce(1) {
                            $0 + ($1.content ?? "").split(separator: " ").count
                        }, "completion_tokens": tokens.count,
                    ],
                ])
            }
            let text =
                chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null")
                + tokens.map { chunk("{\"content\":\(quoted($0))}", "null") }.joined()
                + chunk("{}", isPing ? "\"length\"" : "\"stop\"") + "data: [DONE]\n\n"
            return Reply.text(text, type: "text/event-stream")
        }
    }
}
