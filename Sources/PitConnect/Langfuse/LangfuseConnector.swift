public import PitModel
import PitParse

/// Langfuse's scores over REST: judgements of traces are kept there, and others' are read. The score's id is ours, and
/// to send it again changes it.
public struct LangfuseConnector: Connector, AssessmentKeeping {
    public static let about = ConnectorInfo(
        id: "langfuse", title: "Langfuse", summary: "keeps people's judgements as scores of traces", usualPorts: [])

    private static let product = "Langfuse"
    private static let mostPages = 20
    private static let textLength = 500

    private let http: any HTTP

    public init(_ connection: Connection, http: any HTTP) { self.http = http }

    /// The version is told to everybody; the keys are tried too.
    public func probe() async throws(ConnectorFault) -> Identity {
        let health = try await get("/api/public/health", [])
        guard let version = health["version"]?.text else {
            throw .notWhatItSays(expected: Self.product, got: "JSON without a version")
        }
        let projects = try await get("/api/public/projects", [])["data"]?.list ?? []
        let names = projects.compactMap { $0["name"]?.text }.prefix(5)
        return Identity(
            product: Self.product, version: version.prefix(bytes: 40),
            detail: names.isEmpty ? "no project" : "project \(names.joined(separator: ", "))".prefix(bytes: 200))
    }

    public func assessments(of interactions: [String]) async throws(ConnectorFault) -> [RemoteAssessment] {
        var all: [RemoteAssessment] = []
        for interaction in interactions {
            let (trace, span) = AssessmentWire.place(of: interaction)
            // What is said of the whole trace is said of its answer, too; of other observations in it, not.
            all += try await scores(trace).filter { score in
                let observation = score["observationId"]?.text
                return span == nil || observation == nil || observation == span
            }.compactMap { Self.read($0, interaction) }
        }
        return all
    }

    public func keep(_ change: AssessmentChange) async throws(ConnectorFault) -> String {
        guard let value = change.judgement.value else {
            let reply = try await http.send(
                HTTPRequest(.delete, "/api/public/scores/\(PathStep.escaped(change.key))"))
            if reply.status != 404 { _ = try reply.success() }
            return change.key
        }
        let (type, told) = Self.told(value)
        var metadata = AssessmentWire.metadata(change)
        metadata.append(("pitwall.author", .text(change.judgement.author)))
        metadata.append(("pitwall.value", AssessmentWire.json(value)))
        let (trace, span) = AssessmentWire.place(of: change.target.interaction)
        var body: [(key: String, value: JSONValue)] = [
            ("id", .text(change.key)), ("traceId", .text(trace)),
            ("name", .text(change.judgement.question)), ("dataType", .text(type)), ("value", told),
            ("metadata", .object(metadata)),
        ]
        if let span { body.append(("observationId", .text(span))) }
        if !change.judgement.comment.isEmpty { body.append(("comment", .text(change.judgement.comment))) }
        let reply = try await http.send(
            HTTPRequest(
                .post, "/api/public/scores", headers: [(name: "Content-Type", value: "application/json")],
                body: Array(JSONValue.object(body).json.utf8), isRepeatable: true))
        guard let made = try open(reply)["id"]?.text else {
            throw .notWhatItSays(expected: Self.product, got: JSONReply.shape(reply))
        }
        return made
    }

    // MARK: -

    /// What a value is as a score; what a score cannot hold whole stands in the metadata.
    private static func told(_ value: JudgedValue) -> (type: String, JSONValue) {
        switch value {
        case .number(let number): ("NUMERIC", .number(number))
        case .choice("true"): ("BOOLEAN", .number(1))
        case .choice("false"): ("BOOLEAN", .number(0))
        case .choice, .choices, .preference: ("CATEGORICAL", .text(value.words))
        case .correction(let text): ("CORRECTION", .text(text))
        case .text, .spans, .ranking: ("TEXT", .text(String(value.words.prefix(textLength))))
        }
    }

    /// Servers that people run themselves have the second version of this call, the vendor's own the third.
    private func scores(_ trace: String) async throws(ConnectorFault) -> [JSONValue] {
        var (all, cursor, isThird): ([JSONValue], String?, Bool) = ([], nil, false)
        for page in 1...Self.mostPages {
            var query = [("traceId", trace), ("limit", "100")]
            if isThird {
                query.append(("fields", "details,subject,annotation"))
                if let cursor { query.append(("cursor", cursor)) }
            } else {
                query.append(("page", "\(page)"))
            }
            let reply: JSONValue
            do throws(ConnectorFault) {
                reply = try await get(isThird ? "/api/public/v3/scores" : "/api/public/v2/scores", query)
            } catch {
                let isGone = error.code == "not_found" || error == .status(410, excerpt: Self.excerpt(error))
                guard !isThird, page == 1, isGone else { throw error }
                isThird = true
                continue
            }
            all += reply["data"]?.list ?? []
            let meta = reply["meta"]
            cursor = (meta?["nextCursor"] ?? meta?["cursor"])?.text
            let hasMore = isThird ? cursor != nil : Double(page) < meta?["totalPages"]?.number ?? 0
            if !hasMore { break }
        }
        return all
    }

    private static func excerpt(_ fault: ConnectorFault) -> String {
        if case .status(_, let excerpt) = fault { excerpt } else { "" }
    }

    private static func read(_ score: JSONValue, _ interaction: String) -> RemoteAssessment? {
        guard let id = score["id"]?.text, let name = score["name"]?.text else { return nil }
        let (metadata, type) = (score["metadata"], score["dataType"]?.text)
        let marks = AssessmentWire.marks(metadata)
        var told = score["stringValue"].flatMap { $0.isNull ? nil : $0 } ?? score["value"]
        if type == "BOOLEAN", let text = told?.words { told = .flag(text.lowercased() == "true" || text == "1") }
        let author: RemoteAssessment.Author =
            switch score["source"]?.text {
            case "EVAL"?: .judge
            case "ANNOTATION"?: .human
            default: marks.key == nil ? .code : .human
            }
        return RemoteAssessment(
            remote: id, key: marks.key, interaction: interaction, name: name,
            author: metadata?["pitwall.author"]?.text ?? score["authorUserId"]?.text ?? "", kind: author,
            value: AssessmentWire.value(
                metadata?["pitwall.value"] ?? told, kind: marks.kind ?? (type == "CORRECTION" ? "correction" : nil)),
            comment: score["comment"]?.text ?? "",
            at: (score["updatedAt"] ?? score["timestamp"])?.text.flatMap(Timestamp.init(rfc3339:))
                ?? Timestamp(milliseconds: 0))
    }

    private func get(_ path: String, _ query: [(String, String)]) async throws(ConnectorFault) -> JSONValue {
        try open(try await http.send(HTTPRequest(.get, path, query: query.map { (name: $0.0, value: $0.1) })))
    }

    private func open(_ reply: HTTPReply) throws(ConnectorFault) -> JSONValue {
        if reply.status == 400, let words = JSONReader.value(of: reply.body)?["message"]?.text {
            throw .rejected(words.prefix(bytes: 300))
        }
        let good = try reply.success()
        guard let value = JSONReader.value(of: good.body), value.members != nil else {
            throw .notWhatItSays(expected: Self.product, got: JSONReply.shape(good))
        }
        return value
    }
}
