import PitModel

/// The shapes that chat requests and replies have, on OpenAI's API and those that resemble it.
enum ChatShapes {
    /// What a reply says besides its text.
    struct Reply: Equatable {
        var text: String?
        var finishReason: String?
        var promptTokens: Int?
        var responseTokens: Int?
        var model: String?
        var fault: String?
    }

    /// Messages and pieces of one message read at most.
    private static let most = 4096

    /// A text that holds JSON is that JSON: logs often write it twice.
    static func opened(_ value: JSONValue) -> JSONValue {
        guard let text = value.text, let first = text.utf8.first(where: { $0 > 0x20 }), first == 0x7B || first == 0x5B,
            let inner = JSONReader.value(of: text)
        else { return value }
        return inner
    }

    /// What was sent: a request, its messages, or the bare prompt.
    static func messages(ofRequest value: JSONValue) -> [Interaction.Message]? {
        let value = opened(value)
        switch value {
        case .text(let text): return [.init("user", text)]
        case .list: return messages(listed: value)
        case .object:
            let system = ["instructions", "system", "system_prompt"].lazy.compactMap { value[$0].flatMap(text) }.first
            let head = system.map { [Interaction.Message("system", $0)] } ?? []
            for name in ["messages", "input", "body", "kwargs", "request", "data"] {
                if let inner = value[name], let found = messages(ofRequest: inner) { return head + found }
            }
            for name in ["prompt", "question", "query", "instruction", "text", "user", "inputs"] {
                if let inner = value[name], let found = text(inner) { return head + [.init("user", found)] }
            }
            return nil
        default: return nil
        }
    }

    /// A list of messages; nil when it is no such thing.
    static func messages(listed value: JSONValue) -> [Interaction.Message]? {
        guard let list = opened(value).list, !list.isEmpty else { return nil }
        // A list of bare prompts, as completions take it.
        if list.allSatisfy({ $0.text != nil }) { return list.prefix(most).map { .init("user", $0.text ?? "") } }
        let found = list.prefix(most).compactMap(message)
        return found.isEmpty ? nil : found
    }

    static func message(_ value: JSONValue) -> Interaction.Message? {
        let value = value["message"] ?? value
        guard let role = (value["role"] ?? value["type"] ?? value["from"])?.text else { return nil }
        let content = ["content", "parts", "text", "value"].lazy.compactMap { value[$0].flatMap(text) }.first
        let calls = value["tool_calls"].flatMap { $0.list?.isEmpty == false ? $0.json : nil }
        guard content != nil || calls != nil || value["content"] != nil || value["parts"] != nil else { return nil }
        return .init(named[role] ?? role.prefix(bytes: 32), [content, calls].compactMap { $0 }.joined(separator: "\n"))
    }

    private static let named = ["human": "user", "gpt": "assistant", "ai": "assistant", "model": "assistant"]

    /// The text of a content: a text, its pieces, or the piece itself.
    static func text(_ value: JSONValue) -> String? {
        switch value {
        case .text(let text): return text
        case .list(let pieces):
            let texts = pieces.prefix(most).compactMap(text)
            return texts.isEmpty ? nil : texts.joined(separator: "\n")
        case .object:
            return ["text", "content", "value", "output_text"].lazy.compactMap { value[$0].flatMap(text) }.first
        default: return nil
        }
    }

    /// What came back: a reply, a message, or the bare text.
    static func reply(_ value: JSONValue) -> Reply? {
        let value = opened(value)
        switch value {
        case .text(let text): return Reply(text: text)
        case .list:
            // Messages of which the last is the answer, or generations.
            if let last = messages(listed: value)?.last {
                return Reply(text: last.text, finishReason: finish(value.list?.last))
            }
            return value.list?.first.flatMap(reply)
        case .object:
            // A batch's line, or a logged reply, has the reply proper in its body.
            if let body = value["body"], case .object = opened(body) { return reply(body) }
            return spoken(in: value)
        default: return nil
        }
    }

    private static func spoken(in value: JSONValue) -> Reply? {
        var reply = Reply(
            text: nil, finishReason: finish(value), model: value["model"]?.text, fault: fault(value["error"]))
        (reply.promptTokens, reply.responseTokens) = tokens(value["usage"])
        if let choice = value["choices"]?.list?.first {
            let message = choice["message"] ?? choice["delta"]
            reply.text = message.flatMap(Self.message)?.text ?? choice["text"]?.text ?? message.flatMap(text)
            reply.finishReason = finish(choice) ?? reply.finishReason
        } else if let output = value["output"]?.list {
            let said = output.prefix(most).filter { $0["type"]?.text != "reasoning" }.compactMap(text)
            reply.text = said.isEmpty ? nil : said.joined(separator: "\n")
        } else {
            let names = [
                "message", "content", "generated_text", "output_text", "response", "completion", "answer", "output",
                "text", "result", "outputs", "generations",
            ]
            reply.text =
                names.lazy.compactMap { value[$0].flatMap { text($0) ?? Self.reply($0)?.text } }.first
        }
        return reply == Reply() ? nil : reply
    }

    static func finish(_ value: JSONValue?) -> String? {
        let written = value?["finish_reason"] ?? value?["stop_reason"] ?? value?["done_reason"]
        return (written?.text ?? written?.list?.first?.text)?.prefix(bytes: 64)
    }

    static func fault(_ value: JSONValue?) -> String? {
        guard let value, !value.isNull else { return nil }
        if case .flag(false) = value { return nil }
        let words = value["message"]?.text ?? value.words ?? value.json
        return words.isEmpty ? nil : words.prefix(bytes: 300)
    }

    static func tokens(_ usage: JSONValue?) -> (prompt: Int?, response: Int?) {
        guard let usage = usage.map(opened) else { return (nil, nil) }
        return (
            (usage["prompt_tokens"] ?? usage["input_tokens"]).flatMap(count),
            (usage["completion_tokens"] ?? usage["output_tokens"]).flatMap(count)
        )
    }

    /// A count that may be one: whole, not negative, not absurd.
    static func count(_ value: JSONValue) -> Int? {
        value.figure.flatMap { $0 >= 0 && $0 < 1e12 ? Int($0) : nil }
    }
}
