public import PitModel

/// Makes exchanges of MLflow's traces: what a search tells of one, and its spans.
public struct TraceReader: Sendable {
    private let connection: ConnectionName

    public init(_ connection: ConnectionName) { self.connection = connection }

    /// The exchange that a trace is. Of its calls to models the one, or what the whole of it was asked and said, or
    /// the last call. Without spans, the previews that the search gives.
    ///
    /// - Parameter info: a TraceInfoV3; nil is given when it has no id or time.
    public func read(_ info: JSONValue, spans: [JSONValue]?) -> Interaction? {
        guard let id = info["trace_id"]?.text, !id.isEmpty, let at = info["request_time"].flatMap(Moments.read) else {
            return nil
        }
        var draft = Interaction(id: id.prefix(bytes: 200), connection: connection, at: at, messages: [])
        let metadata = info["trace_metadata"] ?? .null
        let tags = info["tags"] ?? .null
        fillTexts(&draft, info, metadata, spans ?? [])
        let tokens = ChatShapes.tokens(metadata["mlflow.trace.tokenUsage"])
        draft.promptTokens = tokens.prompt ?? draft.promptTokens
        draft.responseTokens = tokens.response ?? draft.responseTokens
        draft.latency = info["execution_duration"].flatMap(Self.duration)
        draft.client = metadata["mlflow.trace.user"]?.text?.prefix(bytes: 128)
        draft.servedModel = draft.servedModel ?? tags["model"]?.text?.prefix(bytes: 200)
        if info["state"]?.text == "ERROR" { draft.fault = Self.fault(spans ?? []) ?? "error" }
        fillAttributes(&draft, tags, metadata, info["assessments"])
        return draft
    }

    /// Whether a trace is still being made.
    public static func isUnfinished(_ info: JSONValue) -> Bool { info["state"]?.text == "IN_PROGRESS" }

    // MARK: -

    private func fillTexts(
        _ draft: inout Interaction, _ info: JSONValue, _ metadata: JSONValue, _ spans: [JSONValue]
    ) {
        let told = spans.prefix(10_000).map { SpanShapes.attributes($0["attributes"] ?? .null) }
        let calls = told.filter { attributes in
            let kind = attributes["mlflow.spanType"].flatMap(SpanShapes.bare) ?? ""
            return kind == "CHAT_MODEL" || kind == "LLM"
        }
        let root = zip(spans, told).first { Self.isRoot($0.0) }?.1
        if let call = calls.last {
            _ = SpanShapes.fill(&draft, from: call)
            if calls.count > 1, let root, let sent = root["mlflow.spanInputs"].flatMap(ChatShapes.messages(ofRequest:))
            {
                draft.messages = sent
                draft.response = root["mlflow.spanOutputs"].flatMap(ChatShapes.reply)?.text ?? draft.response
            }
        } else if let root {
            draft.messages = root["mlflow.spanInputs"].flatMap(ChatShapes.messages(ofRequest:)) ?? []
            let reply = root["mlflow.spanOutputs"].flatMap(ChatShapes.reply)
            (draft.response, draft.finishReason, draft.servedModel) = (reply?.text, reply?.finishReason, reply?.model)
        }
        if draft.messages.isEmpty {
            let written = metadata["mlflow.traceInputs"].flatMap(ChatShapes.messages(ofRequest:))
            let preview = (info["request_preview"] ?? info["request"])?.text
            draft.messages = written ?? preview.map { [.init("user", $0)] } ?? []
        }
        if draft.response == nil {
            let written = metadata["mlflow.traceOutputs"].flatMap(ChatShapes.reply)
            let text = written?.text ?? (info["response_preview"] ?? info["response"])?.text
            draft.response = text.flatMap { $0.isEmpty ? nil : $0 }
            draft.finishReason = draft.finishReason ?? written?.finishReason
        }
        if draft.response?.isEmpty == true, info["state"]?.text == "ERROR" { draft.response = nil }
    }

    private static func isRoot(_ span: JSONValue) -> Bool {
        let parent = span["parent_span_id"] ?? span["parent_id"]
        return parent?.text?.isEmpty ?? true
    }

    /// `"0.939s"`, in seconds.
    private static func duration(_ value: JSONValue) -> Double? {
        guard let text = value.text, text.hasSuffix("s") else { return nil }
        return JSONReader.number(in: String(text.dropLast())).flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func fault(_ spans: [JSONValue]) -> String? {
        let messages = spans.lazy.compactMap { span -> String? in
            guard span["status"]?["code"]?.text?.hasSuffix("ERROR") == true else { return nil }
            return span["status"]?["message"]?.text.flatMap { $0.isEmpty ? nil : $0.prefix(bytes: 300) }
        }
        return messages.first
    }

    /// A team's own tags, the session, and what people or judges said of it.
    private func fillAttributes(
        _ draft: inout Interaction, _ tags: JSONValue, _ metadata: JSONValue, _ assessments: JSONValue?
    ) {
        func note(_ name: String, _ value: JSONValue?) {
            guard let value, draft.attributes.count < 48, name.utf8.count <= 64, let words = value.words,
                words.utf8.count <= 256, !words.isEmpty
            else { return }
            draft.attributes[name] = value.number.map { .number($0) } ?? .text(words)
        }
        for tag in tags.members ?? [] where !tag.key.hasPrefix("mlflow.") { note(tag.key, tag.value) }
        note("session", metadata["mlflow.trace.session"])
        note("name", tags["mlflow.traceName"])
        for assessment in (assessments?.list ?? []).prefix(20) {
            guard let name = assessment["assessment_name"]?.text else { continue }
            note("feedback.\(name)", assessment["feedback"]?["value"])
        }
    }
}
