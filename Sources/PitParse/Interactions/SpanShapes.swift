import PitModel

/// The shapes that spans of traces have: OTLP's JSON, flat objects; attributes by OpenTelemetry's GenAI conventions,
/// by OpenInference, and by MLflow.
enum SpanShapes {
    /// The attributes of a span, by name: from OTLP's list of keys and values, or from an object.
    static func attributes(_ value: JSONValue) -> [String: JSONValue] {
        if let list = value.list {
            let pairs = list.compactMap { entry -> (String, JSONValue)? in
                guard let key = entry["key"]?.text, let value = entry["value"] else { return nil }
                return (key, any(value, 0))
            }
            return Dictionary(pairs, uniquingKeysWith: { $1 })
        }
        var flat: [String: JSONValue] = [:]
        for member in value.members ?? [] { flat[member.key] = member.value }
        return flat
    }

    /// A value as OTLP writes it, `{"stringValue": ...}`, in either case of its names.
    private static func any(_ value: JSONValue, _ depth: Int) -> JSONValue {
        guard depth < 32, let members = value.members else { return value }
        for member in members where !member.value.isNull {
            switch member.key {
            case "stringValue", "string_value", "boolValue", "bool_value", "doubleValue", "double_value",
                "bytesValue", "bytes_value":
                return member.value
            case "intValue", "int_value": return member.value.figure.map(JSONValue.number) ?? member.value
            case "arrayValue", "array_value":
                return .list((member.value["values"]?.list ?? []).map { any($0, depth + 1) })
            case "kvlistValue", "kvlist_value":
                return .object(
                    (member.value["values"]?.list ?? []).compactMap { entry in
                        entry["key"]?.text.map { ($0, any(entry["value"] ?? .null, depth + 1)) }
                    })
            default: continue
            }
        }
        return .null
    }

    /// The spans of an OTLP export, each an object of its own; nil when it is none.
    static func spans(ofExport entry: JSONValue) -> [JSONValue]? {
        guard let resources = (entry["resourceSpans"] ?? entry["resource_spans"])?.list else { return nil }
        return resources.flatMap { resource in
            let scopes =
                resource["scopeSpans"] ?? resource["scope_spans"] ?? resource["instrumentationLibrarySpans"]
            return (scopes?.list ?? []).flatMap { $0["spans"]?.list ?? [] }
        }
    }

    /// Messages that stand as `prefix.0.message.role`, `prefix.0.message.content`, or without `message`.
    static func numbered(_ prefix: String, in attributes: [String: JSONValue]) -> [Interaction.Message] {
        var messages: [Interaction.Message] = []
        while messages.count < 4096 {
            let stem = "\(prefix).\(messages.count)."
            let role = attributes[stem + "message.role"] ?? attributes[stem + "role"]
            var content =
                (attributes[stem + "message.content"] ?? attributes[stem + "content"]).flatMap(ChatShapes.text)
            if content == nil {
                var pieces: [String] = []
                while pieces.count < 256,
                    let piece = attributes["\(stem)message.contents.\(pieces.count).message_content.text"]?.text
                {
                    pieces.append(piece)
                }
                content = pieces.isEmpty ? nil : pieces.joined(separator: "\n")
            }
            let call = attributes[stem + "message.tool_calls.0.tool_call.function.name"]?.text
            guard role != nil || content != nil || call != nil else { break }
            messages.append(.init(role?.text ?? "user", content ?? call.map { "calls \($0)" } ?? ""))
        }
        return messages
    }

    /// Fills in what a span's attributes tell; whether they tell of an exchange with a model at all.
    static func fill(_ draft: inout Interaction, from attributes: [String: JSONValue]) -> Bool {
        let isTold =
            fillGenAI(&draft, attributes) || fillOpenInference(&draft, attributes) || fillMLflow(&draft, attributes)
        guard isTold else { return false }
        draft.client =
            draft.client
            ?? ["user.id", "enduser.id", "gen_ai.user.id", "mlflow.trace.user", "client.address"].lazy
            .compactMap { attributes[$0]?.words }.first?.prefix(bytes: 128)
        return true
    }

    private static func fillGenAI(_ draft: inout Interaction, _ all: [String: JSONValue]) -> Bool {
        guard all.keys.contains(where: { $0.hasPrefix("gen_ai.") }) else { return false }
        draft.servedModel = (all["gen_ai.response.model"] ?? all["gen_ai.request.model"])?.text ?? draft.servedModel
        draft.promptTokens =
            (all["gen_ai.usage.input_tokens"] ?? all["gen_ai.usage.prompt_tokens"]).flatMap(ChatShapes.count)
        draft.responseTokens =
            (all["gen_ai.usage.output_tokens"] ?? all["gen_ai.usage.completion_tokens"]).flatMap(ChatShapes.count)
        let reasons = all["gen_ai.response.finish_reasons"].map(ChatShapes.opened)
        draft.finishReason = reasons?.list?.first?.text ?? reasons?.text
        draft.timeToFirstToken = all["gen_ai.response.time_to_first_chunk"]?.figure
        let system = all["gen_ai.system_instructions"].map(ChatShapes.opened).flatMap(ChatShapes.text)
        let input = all["gen_ai.input.messages"] ?? all["gen_ai.prompt"]
        let sent = input.flatMap(ChatShapes.messages(ofRequest:)) ?? numbered("gen_ai.prompt", in: all)
        draft.messages = (system.map { [.init("system", $0)] } ?? []) + sent
        let output = all["gen_ai.output.messages"] ?? all["gen_ai.completion"]
        draft.response =
            output.flatMap(ChatShapes.reply)?.text ?? numbered("gen_ai.completion", in: all).first?.text
        // An embedding or a tool's call is no exchange.
        if let operation = all["gen_ai.operation.name"]?.text {
            return ["chat", "text_completion", "generate_content"].contains(operation) || !sent.isEmpty
        }
        return true
    }

    private static func fillOpenInference(_ draft: inout Interaction, _ all: [String: JSONValue]) -> Bool {
        let kind = all["openinference.span.kind"]?.text
        guard kind == "LLM" || kind == nil,
            kind != nil || all["llm.model_name"] != nil || all["llm.input_messages.0.message.role"] != nil
        else { return false }
        draft.servedModel = all["llm.model_name"]?.text ?? draft.servedModel
        draft.promptTokens = all["llm.token_count.prompt"].flatMap(ChatShapes.count)
        draft.responseTokens = all["llm.token_count.completion"].flatMap(ChatShapes.count)
        let sent = numbered("llm.input_messages", in: all)
        draft.messages = sent.isEmpty ? all["input.value"].flatMap(ChatShapes.messages(ofRequest:)) ?? [] : sent
        draft.response =
            numbered("llm.output_messages", in: all).first?.text
            ?? all["output.value"].flatMap(ChatShapes.reply)?.text
        return true
    }

    private static func fillMLflow(_ draft: inout Interaction, _ all: [String: JSONValue]) -> Bool {
        guard all["mlflow.spanInputs"] != nil || all["mlflow.spanOutputs"] != nil else { return false }
        let kind = all["mlflow.spanType"].map(ChatShapes.opened)?.text
        guard kind.map({ $0.contains("CHAT_MODEL") || $0.contains("LLM") }) ?? true else { return false }
        draft.messages = all["mlflow.spanInputs"].flatMap(ChatShapes.messages(ofRequest:)) ?? []
        let reply = all["mlflow.spanOutputs"].flatMap(ChatShapes.reply)
        (draft.response, draft.finishReason) = (reply?.text, reply?.finishReason)
        let tokens = ChatShapes.tokens(all["mlflow.chat.tokenUsage"])
        draft.promptTokens = tokens.prompt ?? reply?.promptTokens
        draft.responseTokens = tokens.response ?? reply?.responseTokens
        let asked = all["mlflow.spanInputs"].map(ChatShapes.opened)?["model"]?.text
        draft.servedModel = all["mlflow.llm.model"].flatMap(bare) ?? reply?.model ?? asked ?? draft.servedModel
        return true
    }

    /// A text that may have been written as JSON once more.
    static func bare(_ value: JSONValue) -> String? {
        guard let text = value.text else { return nil }
        return text.utf8.first == 0x22 ? JSONReader.value(of: text)?.text ?? text : text
    }
}
