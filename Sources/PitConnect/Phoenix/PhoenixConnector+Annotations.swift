public import PitModel
import PitParse

/// Judgements as annotations of spans. The server keeps one for each span, name and identifier, and ours is the key: to
/// send it again changes it, and doubles nothing.
extension PhoenixConnector: AssessmentKeeping {
    private static let batch = 50

    public func assessments(of interactions: [String]) async throws(ConnectorFault) -> [RemoteAssessment] {
        var all: [RemoteAssessment] = []
        let spans = interactions.compactMap { id in Self.span(of: id).map { ($0, id) } }
        let names = Dictionary(spans, uniquingKeysWith: { first, _ in first })
        for project in try await projectNames() {
            for start in stride(from: 0, to: spans.count, by: Self.batch) {
                var query = spans[start..<min(spans.count, start + Self.batch)].map { ("span_ids", $0.0) }
                query.append(("limit", "1000"))
                let reply = try await get(Self.path(project), query)
                all += (reply["data"]?.list ?? []).compactMap { Self.read($0, names) }
            }
        }
        return all
    }

    public func keep(_ change: AssessmentChange) async throws(ConnectorFault) -> String {
        let judgement = change.judgement
        guard let span = Self.span(of: change.target.interaction) else {
            throw .rejected("`\(change.target.interaction.prefix(40))` is no span's id")
        }
        guard let value = judgement.value else {
            try await takeBack(change)
            return change.remote ?? ""
        }
        var result: [(key: String, value: JSONValue)] = []
        if case .number(let number) = value {
            result.append(("score", .number(number)))
        } else if case .spans = value {
            result.append(("label", .text(AssessmentWire.json(value).json)))
        } else {
            result.append(("label", .text(value.words)))
            if let isGood = change.isGood { result.append(("score", .number(isGood ? 1 : 0))) }
        }
        if !judgement.comment.isEmpty { result.append(("explanation", .text(judgement.comment))) }
        var metadata = AssessmentWire.metadata(change)
        metadata.append(("pitwall.author", .text(judgement.author)))
        metadata.append(("pitwall.value", AssessmentWire.json(value)))
        let kind = if case .machine = judgement.origin { "LLM" } else { "HUMAN" }
        let annotation = JSONValue.object([
            ("span_id", .text(span)), ("name", .text(judgement.question)), ("annotator_kind", .text(kind)),
            ("result", .object(result)), ("metadata", .object(metadata)), ("identifier", .text(change.key)),
        ])
        let body = JSONValue.object([("data", .list([annotation]))])
        // Without `sync` the write happens later, and a span that is not known is not told.
        let reply = try await http.send(
            HTTPRequest(
                .post, "/v1/span_annotations", query: [(name: "sync", value: "true")],
                headers: [(name: "Content-Type", value: "application/json")], body: Array(body.json.utf8),
                isRepeatable: true))
        if reply.status == 404 { throw .rejected("span \(span) is not there") }
        guard let made = JSONReader.value(of: try reply.success().body)?["data"]?.list?.first?["id"]?.words else {
            throw .notWhatItSays(expected: Self.product, got: JSONReply.shape(reply))
        }
        return made
    }

    // MARK: -

    /// Which project a span is in is not known here; the identifier is ours alone, in whichever. `delete_all` waives the
    /// span of time that the server wants otherwise, and nothing of what narrows the request.
    private func takeBack(_ change: AssessmentChange) async throws(ConnectorFault) {
        guard !change.key.isEmpty, !change.judgement.question.isEmpty else {
            throw .rejected("what has no key cannot be found again")
        }
        for project in try await projectNames() {
            let reply = try await http.send(
                HTTPRequest(
                    .delete, Self.path(project),
                    query: [
                        (name: "identifier", value: change.key), (name: "name", value: change.judgement.question),
                        (name: "delete_all", value: "true"),
                    ]))
            if reply.status != 404 { _ = try reply.success() }
        }
    }

    private static func path(_ project: String) -> String {
        "/v1/projects/\(PathStep.escaped(project))/span_annotations"
    }

    /// The span that an exchange was read from.
    private static func span(of interaction: String) -> String? {
        let place = AssessmentWire.place(of: interaction)
        let id = place.span ?? place.trace
        return id.utf8.count == 16 && id.utf8.allSatisfy { $0 &- 0x30 <= 9 || ($0 | 0x20) &- 0x61 < 6 } ? id : nil
    }

    private static func read(_ one: JSONValue, _ names: [String: String]) -> RemoteAssessment? {
        guard let id = one["id"]?.words, let name = one["name"]?.text,
            let interaction = one["span_id"]?.text.flatMap({ names[$0] })
        else { return nil }
        let marks = AssessmentWire.marks(one["metadata"])
        let result = one["result"]
        let label = result?["label"].flatMap { $0.isNull ? nil : $0 }
        let told = one["metadata"]?["pitwall.value"] ?? label ?? result?["score"]
        let author: RemoteAssessment.Author =
            switch one["annotator_kind"]?.text {
            case "LLM"?: .judge
            case "CODE"?: .code
            default: .human
            }
        // Who writes over ours under its identifier takes all of our marks away with it. Without accounts there is no
        // user, and what keeps several people's apart is the identifier.
        let identifier = one["identifier"]?.text ?? ""
        let isKey = AssessmentWire.isKey(identifier)
        let names = [one["metadata"]?["pitwall.author"]?.text, one["user_id"]?.text, isKey ? nil : identifier]
        return RemoteAssessment(
            remote: id, key: marks.key ?? (isKey ? identifier : nil), interaction: interaction, name: name,
            author: names.lazy.compactMap(\.self).first { !$0.isEmpty } ?? "", kind: author,
            value: AssessmentWire.value(told, kind: marks.kind), comment: result?["explanation"]?.text ?? "",
            at: (one["updated_at"] ?? one["created_at"])?.text.flatMap(Timestamp.init(rfc3339:))
                ?? Timestamp(milliseconds: 0))
    }
}
