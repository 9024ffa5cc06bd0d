public import PitModel
import PitParse

/// Judgements as assessments of traces: a corrected answer is an expectation, all else is feedback. A chosen word stays
/// the word that the rubric has, and whether it speaks for the answer stands in the metadata.
extension MLflowConnector: AssessmentKeeping {
    public func assessments(of interactions: [String]) async throws(ConnectorFault) -> [RemoteAssessment] {
        var all: [RemoteAssessment] = []
        for id in interactions {
            // A trace that was deleted has none.
            guard let found = try await assessments(ofTrace: id) else { continue }
            all += found.compactMap { Self.read($0, id) }
        }
        return all
    }

    /// What bears our key is looked for each time, so that a request whose reply was lost can be made again.
    public func keep(_ change: AssessmentChange) async throws(ConnectorFault) -> String {
        let trace = change.target.interaction
        guard let all = try await assessments(ofTrace: trace) else {
            if change.judgement.value == nil { return change.remote ?? "" }
            throw .rejected("trace \(trace.prefix(60)) is no longer there")
        }
        var own = all.filter { AssessmentWire.marks($0["metadata"]).key == change.key && $0["valid"] != .flag(false) }
        guard let value = change.judgement.value else {
            for one in own { try await remove(one, trace) }
            return own.first?["assessment_id"]?.text ?? change.remote ?? ""
        }
        let content = Self.content(value)
        // A value cannot become an expectation, nor an expectation a value.
        let kept = own.firstIndex { $0[content.key] != nil && $0["assessment_name"]?.text == change.judgement.question }
        let id = kept.flatMap { own.remove(at: $0)["assessment_id"]?.text }
        let written = try await write(change, content, trace, over: id)
        for other in own { try await remove(other, trace) }
        return written
    }

    // MARK: -

    private func write(
        _ change: AssessmentChange, _ content: (key: String, value: JSONValue), _ trace: String, over id: String?
    ) async throws(ConnectorFault) -> String {
        let judgement = change.judgement
        var members: [(key: String, value: JSONValue)] = [
            ("assessment_name", .text(judgement.question)), ("trace_id", .text(trace)),
            ("source", Self.source(judgement)), (content.key, .object([("value", content.value)])),
            ("rationale", .text(judgement.comment)), ("metadata", .object(AssessmentWire.metadata(change))),
        ]
        let path = try Self.path(trace) + "/assessments"
        guard let id else {
            let reply = try await post(path, .object([("assessment", .object(members))]), isRepeatable: false)
            guard let made = reply["assessment"]?["assessment_id"]?.text else {
                throw .malformed("an assessment was made, and the reply does not name it")
            }
            return made
        }
        members.append(("assessment_id", .text(id)))
        let body = JSONValue.object([
            ("assessment", .object(members)), ("update_mask", .text("\(content.key),rationale,metadata")),
        ])
        _ = try open(try await send(.patch, "\(path)/\(try Self.step(id))", body))
        return id
    }

    private func remove(_ assessment: JSONValue, _ trace: String) async throws(ConnectorFault) {
        guard let id = assessment["assessment_id"]?.text else { return }
        let reply = try await send(
            .delete, "\(try Self.path(trace))/assessments/\(try Self.step(id))", .object([]))
        // Somebody else took it away: that is what was wanted.
        if reply.status != 404 { _ = try open(reply) }
    }

    /// All that stands at a trace; nil when there is no such trace.
    private func assessments(ofTrace id: String) async throws(ConnectorFault) -> [JSONValue]? {
        let reply = try await http.send(HTTPRequest(.get, try Self.path(id)))
        if reply.status == 404, JSONReader.value(of: reply.body)?["error_code"] != nil { return nil }
        let trace = try open(reply)["trace"]
        guard let info = trace?["trace_info"] else {
            throw .notWhatItSays(expected: "a trace", got: JSONReply.shape(reply))
        }
        return info["assessments"]?.list ?? []
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue
    ) async throws(ConnectorFault) -> HTTPReply {
        try await http.send(
            HTTPRequest(
                method, path, headers: [(name: "Content-Type", value: "application/json")],
                body: Array(body.json.utf8), isRepeatable: true))
    }

    private static func content(_ value: JudgedValue) -> (key: String, value: JSONValue) {
        if case .correction = value { return ("expectation", AssessmentWire.json(value)) }
        return ("feedback", AssessmentWire.json(value))
    }

    private static func source(_ judgement: Judgement) -> JSONValue {
        let (kind, name) =
            switch judgement.origin {
            case .machine(let name): ("LLM_JUDGE", name)
            case .person, .imported: ("HUMAN", judgement.author)
            }
        return .object([("source_type", .text(kind)), ("source_id", .text(name))])
    }

    private static func read(_ one: JSONValue, _ trace: String) -> RemoteAssessment? {
        // One that is not valid was overridden by a later one.
        guard one["valid"] != .flag(false), let id = one["assessment_id"]?.text,
            let name = one["assessment_name"]?.text, one["issue"] == nil
        else { return nil }
        let (key, kind) = AssessmentWire.marks(one["metadata"])
        let told = one["feedback"]?["value"] ?? one["expectation"]?["value"]
        let author: RemoteAssessment.Author =
            switch one["source"]?["source_type"]?.text {
            case "LLM_JUDGE"?, "AI_JUDGE"?: .judge
            case "CODE"?: .code
            default: .human
            }
        return RemoteAssessment(
            remote: id, key: key, interaction: trace, name: name, author: one["source"]?["source_id"]?.text ?? "",
            kind: author,
            value: AssessmentWire.value(told, kind: kind ?? (one["expectation"] == nil ? nil : "correction")),
            comment: one["rationale"]?.text ?? "",
            at: (one["last_update_time"] ?? one["create_time"])?.text.flatMap(Timestamp.init(rfc3339:))
                ?? Timestamp(milliseconds: 0))
    }

    private static func path(_ trace: String) throws(ConnectorFault) -> String {
        "/api/3.0/mlflow/traces/\(try step(trace))"
    }

    /// An id goes into a path only where it is one.
    private static func step(_ id: String) throws(ConnectorFault) -> String {
        guard !id.isEmpty, id.utf8.count <= 80,
            id.utf8.allSatisfy({ $0 &- 0x30 <= 9 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2D || $0 == 0x5F })
        else { throw .rejected("`\(id.prefix(40))` is no id of MLflow's") }
        return id
    }
}
