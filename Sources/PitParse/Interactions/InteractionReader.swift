public import PitModel

/// Makes exchanges of the entries of a source: chat logs of OpenAI's shape, spans with OpenTelemetry's GenAI or
/// OpenInference attributes, plain columns; or what a field map says.
public struct InteractionReader: Sendable {
    private let connection: ConnectionName
    private let map: FieldMap
    private static let mostAttributes = 48
    private static let longestAttribute = 256

    public init(_ connection: ConnectionName, map: FieldMap = FieldMap()) {
        (self.connection, self.map) = (connection, map)
    }

    /// The exchanges that an entry tells. None where it is of a known shape but tells of something else (a span of
    /// another kind); nil where it is of no known shape. `id` and `at` stand in for what it does not say.
    public func read(_ entry: JSONValue, id: String, at: Timestamp) -> [Interaction]? {
        guard case .object = entry else { return nil }
        if let spans = SpanShapes.spans(ofExport: entry) {
            return spans.enumerated().compactMap { span($1, id: "\(id).\($0)", at: at) }
        }
        if map.paths.isEmpty, let attributes = entry["attributes"], attributes.list != nil || attributes.members != nil
        {
            if let found = span(entry, id: id, at: at) { return [found] }
            let isSpan = entry["span_id"] != nil || entry["spanId"] != nil || entry["context"] != nil
            if isSpan { return [] }
        }
        return plain(entry, id: id, at: at).map { [$0] }
    }

    // MARK: -

    private func span(_ span: JSONValue, id: String, at: Timestamp) -> Interaction? {
        let attributes = SpanShapes.attributes(span["attributes"] ?? .null)
        var draft = Interaction(id: spanID(of: span) ?? id, connection: connection, at: at, messages: [])
        guard SpanShapes.fill(&draft, from: attributes) else { return nil }
        let begin = first(span, ["startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime"])
        let end = first(span, ["endTimeUnixNano", "end_time_unix_nano", "end_time", "endTime"])
        draft.at = begin.flatMap(Moments.read) ?? at
        if let begin = begin.flatMap(Self.seconds), let end = end.flatMap(Self.seconds), end >= begin {
            draft.latency = end - begin
        }
        let status = span["status"] ?? .null
        let code = (status["code"] ?? span["status_code"])?.words ?? ""
        if code.hasSuffix("ERROR") || code == "2" {
            draft.fault =
                (status["message"] ?? span["status_message"])?.text.flatMap { $0.isEmpty ? nil : $0 } ?? "error"
        }
        for name in ["session.id", "environment", "deployment.environment", "gen_ai.conversation.id"] {
            if let value = attributes[name]?.words { note(name, .text(value), &draft) }
        }
        if let temperature = attributes["gen_ai.request.temperature"]?.figure {
            note("temperature", .number(temperature), &draft)
        }
        return draft
    }

    private func spanID(of span: JSONValue) -> String? {
        let context = span["context"] ?? span
        let trace = (context["trace_id"] ?? context["traceId"])?.text
        let own = (context["span_id"] ?? context["spanId"])?.text
        guard let trace, let own else { return nil }
        return "\(trace)/\(own)".prefix(bytes: 200)
    }

    /// Seconds since the epoch, as finely as they are told.
    private static func seconds(_ value: JSONValue) -> Double? {
        if let number = value.figure, number > 1e17 { return number / 1e9 }
        return Moments.read(value)?.seconds
    }

    // MARK: -

    private func plain(_ entry: JSONValue, id: String, at: Timestamp) -> Interaction? {
        let request = first(entry, ["request", "input", "inputs", "kwargs", "body", "request_body"])
        let answer = first(entry, Self.answers)
        let reply = (map.value(.response, in: entry) ?? answer).flatMap(ChatShapes.reply) ?? ChatShapes.reply(entry)
        guard var messages = sent(entry, request) else { return nil }
        var response = reply?.text
        // A conversation whose last word is the model's: that is the response.
        if answer == nil, map.paths[.response] == nil {
            response = messages.last?.role == "assistant" ? messages.removeLast().text : reply?.text
        }
        guard !messages.isEmpty || response != nil else { return nil }
        var draft = Interaction(
            id: text(.id, entry, Self.ids) ?? id, connection: connection, at: time(entry) ?? at, messages: messages,
            response: response)
        draft.servedModel =
            text(.model, entry, ["model", "model_name", "served_model"]) ?? reply?.model
            ?? request.map(ChatShapes.opened)?["model"]?.text
        fill(&draft, entry, reply)
        fillAttributes(&draft, entry)
        let format = (request.map(ChatShapes.opened) ?? entry)["response_format"]
        if let kind = format?["type"]?.text ?? format?.text { note("response_format", .text(kind), &draft) }
        return draft
    }

    private static let ids = ["id", "custom_id", "trace_id", "request_id", "interaction_id", "uuid", "call_id"]
    private static let answers = [
        "response", "completion", "output", "outputs", "answer", "response_body", "reply", "generated_text", "choices",
    ]

    private func sent(_ entry: JSONValue, _ request: JSONValue?) -> [Interaction.Message]? {
        var messages: [Interaction.Message]?
        if let value = map.value(.messages, in: entry) { messages = ChatShapes.messages(listed: value) }
        if let value = map.value(.prompt, in: entry), let text = ChatShapes.text(value) ?? value.words {
            messages = (messages ?? []) + [.init("user", text)]
        }
        if messages == nil, map.paths[.prompt] == nil, map.paths[.messages] == nil {
            messages =
                request.flatMap(ChatShapes.messages(ofRequest:))
                ?? (entry["messages"] ?? entry["conversations"]).flatMap(ChatShapes.messages(listed:))
                ?? ChatShapes.messages(ofRequest: entry)
        }
        if let value = map.value(.system, in: entry), let text = ChatShapes.text(value) {
            messages = [.init("system", text)] + (messages ?? [])
        }
        // A reply alone is an exchange of which half is known.
        return messages ?? (first(entry, Self.answers) != nil ? [] : nil)
    }

    private func fill(_ draft: inout Interaction, _ entry: JSONValue, _ reply: ChatShapes.Reply?) {
        let usage = ChatShapes.tokens(entry["usage"])
        draft.promptTokens =
            figure(.promptTokens, entry, ["prompt_tokens", "input_tokens"]).flatMap { ChatShapes.count(.number($0)) }
            ?? usage.prompt ?? reply?.promptTokens
        draft.responseTokens =
            figure(.responseTokens, entry, ["completion_tokens", "response_tokens", "output_tokens"])
            .flatMap { ChatShapes.count(.number($0)) } ?? usage.response ?? reply?.responseTokens
        draft.latency = figure(.latency, entry, ["latency", "latency_s", "duration", "duration_s", "latency_seconds"])
        if draft.latency == nil {
            draft.latency = figure(.latency, entry, ["latency_ms", "duration_ms"]).map { $0 / 1000 }
        }
        draft.timeToFirstToken =
            figure(.timeToFirstToken, entry, ["ttft", "time_to_first_token", "ttft_s"])
            ?? first(entry, ["ttft_ms"])?.figure.map { $0 / 1000 }
        draft.finishReason =
            text(.finishReason, entry, ["finish_reason", "stop_reason"]) ?? reply?.finishReason
        draft.client =
            text(.client, entry, ["client", "user", "user_id", "end_user", "key_alias", "client_ip"])
            .flatMap { Self.isCredential($0) ? nil : $0 }
        draft.fault =
            (map.value(.fault, in: entry) ?? entry["error"]).flatMap(ChatShapes.fault) ?? reply?.fault
    }

    private func time(_ entry: JSONValue) -> Timestamp? {
        if let mapped = map.value(.time, in: entry) { return Moments.read(mapped) }
        let names = [
            "timestamp", "time", "ts", "created_at", "created", "at", "date", "start_time", "startTime", "@timestamp",
        ]
        if let found = names.lazy.compactMap({ entry[$0].flatMap(Moments.read) }).first { return found }
        for inner in ["response", "request"] {
            guard let value = entry[inner].map(ChatShapes.opened) else { continue }
            let created = (value["body"] ?? value)["created"]
            if let found = created.flatMap(Moments.read) { return found }
        }
        return entry["body"]?["created"].flatMap(Moments.read)
    }

    /// Whatever else an entry has that is a number or a short text, but for what may be a credential.
    private func fillAttributes(_ draft: inout Interaction, _ entry: JSONValue) {
        let told = Set(Self.told).union(map.paths.values)
        for member in entry.members ?? [] where !told.contains(member.key) && !Self.isCredential(member.key) {
            switch member.value {
            case .number(let number): note(member.key, .number(number), &draft)
            case .flag(let flag): note(member.key, .text("\(flag)"), &draft)
            case .text(let text) where text.utf8.count <= Self.longestAttribute:
                note(member.key, JSONReader.number(in: text).map { .number($0) } ?? .text(text), &draft)
            default: continue
            }
        }
        for member in (entry["metadata"].map(ChatShapes.opened)?.members ?? []) where !Self.isCredential(member.key) {
            guard let words = member.value.words, words.utf8.count <= Self.longestAttribute else { continue }
            note(member.key, member.value.figure.map { .number($0) } ?? .text(words), &draft)
        }
    }

    private static let told =
        ids + answers + [
            "request", "input", "inputs", "messages", "conversations", "prompt", "question", "query", "instruction",
            "text", "model", "model_name", "served_model", "timestamp", "time", "ts", "created_at", "created", "at",
            "date", "start_time", "startTime", "@timestamp", "prompt_tokens", "input_tokens", "completion_tokens",
            "response_tokens", "output_tokens", "latency", "latency_s", "latency_ms", "duration", "duration_s",
            "duration_ms", "latency_seconds", "ttft", "ttft_s", "ttft_ms", "time_to_first_token", "finish_reason",
            "stop_reason", "client", "user", "user_id", "end_user", "key_alias", "client_ip", "error", "system",
            "system_prompt", "instructions", "object", "body", "response_body", "request_body",
        ]

    private func note(_ name: String, _ value: Interaction.Attribute, _ draft: inout Interaction) {
        guard draft.attributes.count < Self.mostAttributes, name.utf8.count <= 64 else { return }
        draft.attributes[name] = value
    }

    /// Whether a name or a value smells of a credential: such are not taken along.
    private static func isCredential(_ word: String) -> Bool {
        let low = word.lowercased()
        return ["authorization", "api_key", "apikey", "api-key", "password", "secret", "cookie", "bearer"]
            .contains { low.contains($0) } || low.hasPrefix("sk-") || low.hasSuffix("_token") || low == "token"
    }

    private func first(_ entry: JSONValue, _ names: [String]) -> JSONValue? {
        names.lazy.compactMap { name in entry[name].flatMap { $0.isNull ? nil : $0 } }.first
    }

    private func text(_ field: FieldMap.Field, _ entry: JSONValue, _ names: [String]) -> String? {
        let found =
            map.paths[field] != nil
            ? map.value(field, in: entry)?.words : names.lazy.compactMap { entry[$0]?.words }.first
        return found.flatMap { $0.isEmpty ? nil : $0.prefix(bytes: 200) }
    }

    /// A number that can be a time or a count: not negative.
    private func figure(_ field: FieldMap.Field, _ entry: JSONValue, _ names: [String]) -> Double? {
        let found =
            map.paths[field] != nil
            ? map.value(field, in: entry)?.figure : names.lazy.compactMap { entry[$0]?.figure }.first
        return found.flatMap { $0 >= 0 && $0 < 1e12 ? $0 : nil }
    }
}
