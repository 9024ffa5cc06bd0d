public import PitModel
import PitParse

/// Arize Phoenix's spans over REST: those that are calls to models.
public struct PhoenixConnector: Connector, InteractionReading {
    public static let about = ConnectorInfo(
        id: "phoenix", title: "Arize Phoenix", summary: "reads spans as exchanges with models", usualPorts: [6006],
        options: [OptionInfo("projects", .list, help: "names; all without it", example: "[default]")])

    static let product = "Phoenix"
    /// Seconds before the newest span that are looked at again: spans arrive late and out of order.
    private static let overlap = 60.0
    private static let mostPages = 50

    let http: any HTTP
    private let projects: [String]
    private let reader: InteractionReader

    public init(_ connection: Connection, http: any HTTP) {
        self.http = http
        projects = connection.options["projects"]?.list ?? []
        reader = InteractionReader(connection.name)
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        let reply = try await http.send(HTTPRequest(.get, "/arize_phoenix_version")).success()
        let version = reply.text.prefix(40)
        guard let first = version.utf8.first, first &- 0x30 <= 9, version.contains("."), !version.contains("<") else {
            throw .notWhatItSays(expected: Self.product, got: JSONReply.shape(reply))
        }
        let words = projects.isEmpty ? "all projects" : "projects \(projects.joined(separator: ", "))"
        return Identity(
            product: Self.product, version: String(version.split(separator: "\n").first ?? ""), detail: words)
    }

    /// The server tells newest first and pages backwards in time. What a page of ours stops at is told by the moment
    /// up to which a project was read whole, and inside it by the server's own cursor.
    public func readInteractions(after cursor: String?, limit: Int) async throws(ConnectorFault) -> InteractionPage {
        var place = cursor.flatMap(PhoenixCursor.init) ?? PhoenixCursor()
        var page = InteractionPage(cursor: place.text)
        let names = try await projectNames()
        for name in names {
            var project = place.projects[name] ?? PhoenixCursor.Project()
            var pages = 0
            repeat {
                let (spans, next) = try await spans(of: name, from: project, limit: min(200, max(1, limit)))
                take(spans, &project, &page)
                project.turn(next)
                pages += 1
            } while project.next != nil && page.interactions.count < limit && pages < Self.mostPages
            place.projects[name] = project
            if project.next != nil { page.hasMore = true }
            if page.interactions.count >= limit { break }
        }
        place.projects = place.projects.filter { names.contains($0.key) }
        page.cursor = place.text
        return page
    }

    private func take(_ spans: [JSONValue], _ project: inout PhoenixCursor.Project, _ page: inout InteractionPage) {
        for span in spans {
            guard let began = span["start_time"]?.text.flatMap(Timestamp.init(rfc3339:)) else {
                page.skip(0, "a span without a time")
                continue
            }
            project.newest = max(project.newest, began.milliseconds)
            // The kind stands beside the attributes here.
            guard span["span_kind"]?.text.map({ $0 == "LLM" }) ?? true else { continue }
            let id = span["context"]?["span_id"]?.text ?? "\(began.milliseconds)"
            page.interactions += reader.read(span, id: id, at: began) ?? []
        }
    }

    func projectNames() async throws(ConnectorFault) -> [String] {
        guard projects.isEmpty else { return projects }
        let reply = try await get("/v1/projects", [("limit", "100")])
        return (reply["data"]?.list ?? []).compactMap { $0["name"]?.text }
    }

    private func spans(
        of project: String, from place: PhoenixCursor.Project, limit: Int
    ) async throws(ConnectorFault) -> ([JSONValue], next: String?) {
        var query = [("limit", "\(limit)")]
        if place.since > 0 {
            let edge = Timestamp(milliseconds: place.since).advanced(by: -Self.overlap)
            query.append(("start_time", edge.rfc3339))
        }
        if let next = place.next { query.append(("cursor", next)) }
        let reply = try await get("/v1/projects/\(PathStep.escaped(project))/spans", query)
        return (reply["data"]?.list ?? [], reply["next_cursor"]?.text.flatMap { $0.isEmpty ? nil : $0 })
    }

    func get(_ path: String, _ query: [(String, String)]) async throws(ConnectorFault) -> JSONValue {
        let reply = try await http.send(HTTPRequest(.get, path, query: query.map { (name: $0.0, value: $0.1) }))
        if reply.status == 404, path.hasPrefix("/v1/projects/") {
            throw .rejected(reply.excerpt.isEmpty ? "there is no such project" : reply.excerpt)
        }
        let good = try reply.success()
        guard let value = JSONReader.value(of: good.body), value.members != nil else {
            throw .notWhatItSays(expected: Self.product, got: JSONReply.shape(good))
        }
        return value
    }
}

/// How far each project of a Phoenix server was read.
struct PhoenixCursor: Equatable {
    struct Project: Equatable {
        /// Milliseconds since the epoch before which all was read.
        var since: Int64 = 0
        /// The newest span seen while the present span of time is paged through.
        var newest: Int64 = 0
        /// The server's own place inside it; nil when it was read whole.
        var next: String?

        mutating func turn(_ next: String?) {
            self.next = next
            if next == nil { since = max(since, newest) }
        }
    }

    var projects: [String: Project] = [:]

    init() {}

    init?(_ text: String) {
        guard let value = JSONReader.value(of: text), let members = value.members else { return nil }
        for member in members.prefix(1000) {
            var project = Project()
            project.since = Self.moment(member.value["since"])
            project.newest = Self.moment(member.value["newest"])
            project.next = member.value["next"]?.text
            projects[member.key] = project
        }
    }

    private static func moment(_ value: JSONValue?) -> Int64 {
        value?.number.flatMap { $0 >= 0 && $0 < 1e15 ? Int64($0) : nil } ?? 0
    }

    var text: String {
        JSONValue.object(
            projects.sorted { $0.key < $1.key }.map { name, project in
                var members: [(key: String, value: JSONValue)] = [
                    ("since", .number(Double(project.since))), ("newest", .number(Double(project.newest))),
                ]
                if let next = project.next { members.append(("next", .text(next))) }
                return (name, .object(members))
            }
        ).json
    }
}
