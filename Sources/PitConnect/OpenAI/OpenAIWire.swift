import FoundationEssentials
import PitModel

// Names are the API's own.
struct WireVersion: Decodable { var version: String }

struct WireCard: Decodable {
    var id: String
    var owned_by: String?
    var max_model_len: Int?
    var parent: String?
}

struct WireList: Decodable { var data: [WireCard] }

struct WireEmbeddings: Decodable {
    struct Request: Encodable {
        var model: String
        var input: [String]
        var encoding_format = "float"
    }
    struct One: Decodable {
        var index: Int?
        var embedding: [Double]
    }
    var data: [One]
}

struct WireChat: Encodable {
    struct Message: Encodable {
        var role: String
        var content: String
    }
    var model: String
    var messages: [Message]
    var max_tokens: Int
    var stream: Bool
    var temperature: Double
}

struct WireChunk: Decodable {
    struct Choice: Decodable {
        struct Delta: Decodable {
            var content: String?
            var reasoning: String?
            var reasoning_content: String?
        }
        var delta: Delta?
        var text: String?
        var finish_reason: String?
    }
    var choices: [Choice]?
    /// In the last piece, where it was asked for.
    var usage: WireCompletion.Usage?

    /// Whether it carries text, or the end that a model which had nothing to say comes to at once.
    var hasToken: Bool {
        (choices ?? []).contains { choice in
            let texts = [choice.delta?.content, choice.delta?.reasoning, choice.delta?.reasoning_content, choice.text]
            return texts.contains { $0?.isEmpty == false } || choice.finish_reason != nil
        }
    }
}

/// The words of an error in any of the shapes that servers use.
enum ServerWords {
    private struct Nested: Decodable {
        struct Body: Decodable { var message: String? }
        var error: Body
    }
    private struct Plain: Decodable { var error: String }
    private struct Flat: Decodable {
        var object: String
        var message: String
    }
    private struct Detail: Decodable { var detail: String }

    static func words(in data: Data) -> String? {
        let decoder = JSONDecoder()
        let words =
            (try? decoder.decode(Nested.self, from: data))?.error.message
            ?? (try? decoder.decode(Plain.self, from: data))?.error
            ?? (try? decoder.decode(Flat.self, from: data)).flatMap { $0.object == "error" ? $0.message : nil }
            ?? (try? decoder.decode(Detail.self, from: data))?.detail
        return words.map { String($0.prefix(300)) }
    }

    static func read(_ reply: HTTPReply) -> String { words(in: Data(reply.body)) ?? reply.excerpt }

    static func fault(_ reply: HTTPReply, _ body: [UInt8]) -> ConnectorFault {
        let words = words(in: Data(body))
        switch reply.status {
        case 401: return .unauthorized
        case 403: return .forbidden(words ?? "")
        case 404: return words.map { .rejected($0) } ?? .notFound(path: reply.path)
        case 429: return .rateLimited(retryAfter: reply.header("retry-after").flatMap(Double.init))
        case 500...: return .server(status: reply.status, excerpt: words ?? reply.excerpt)
        case 400...: return .rejected(words ?? "status \(reply.status)")
        default: return .status(reply.status, excerpt: words ?? reply.excerpt)
        }
    }
}

/// What is left out is not sent.
struct WireQuestion: Encodable {
    struct StreamOptions: Encodable { var include_usage = true }
    struct Message: Encodable {
        var role: String
        var content: String
    }
    var model: String
    var messages: [Message]
    var temperature: Double?
    var top_p: Double?
    var max_tokens: Int?
    var seed: Int?
    var stop: [String]?
    var stream: Bool
    var stream_options: StreamOptions?
}

struct WireCompletion: Decodable {
    struct Choice: Decodable {
        struct Message: Decodable {
            var content: String?
            var refusal: String?
        }
        var message: Message?
        var text: String?
        var finish_reason: String?
    }
    struct Usage: Decodable {
        var prompt_tokens: Int?
        var completion_tokens: Int?
    }
    var choices: [Choice]
    var usage: Usage?
}
