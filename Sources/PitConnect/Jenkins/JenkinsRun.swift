import PitModel
import PitParse

/// Jobs, builds and items of the queue as the words of pipelines.
enum JenkinsRun {
    static let jobTree = "_class,name,fullName,url,description,buildable,disabled,color"
    static let parameterTree =
        "property[parameterDefinitions[name,type,description,choices,defaultParameterValue[value]]]"
    static let tree =
        "number,result,building,timestamp,duration,estimatedDuration,queueId,"
        + "actions[parameters[name,value],causes[shortDescription,userId]]"
    static let itemTree =
        "id,why,stuck,inQueueSince,task[fullName,name,url],"
        + "actions[parameters[name,value],causes[shortDescription,userId]]"

    /// Where a name leads: a build of a job, or an item of the queue that is to become one.
    struct Place {
        var job: String
        var build: Int?
        var item: Int?

        init(_ id: String) throws(ConnectorFault) {
            let mark = id.lastIndex { $0 == "#" || $0 == "@" }
            let number = mark.flatMap { Int(id[id.index(after: $0)...]) }.flatMap { $0 > 0 ? $0 : nil }
            guard let mark, let number else {
                throw .rejected("`\(id.prefix(bytes: 100))` names no build: write JOB#NUMBER")
            }
            job = String(id[..<mark])
            if id[mark] == "#" { build = number } else { item = number }
            guard !job.isEmpty, !job.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else {
                throw .rejected("`\(id.prefix(bytes: 100))` names no job")
            }
        }
    }

    /// A job's name with its folders; from its address where it is not told.
    static func id(of job: JSONValue) -> String? {
        if let full = job["fullName"]?.text, !full.isEmpty { return full.prefix(bytes: 300) }
        guard let url = job["url"]?.text else { return job["name"]?.text.flatMap { $0.isEmpty ? nil : $0 } }
        let parts = url.split(separator: "/").map(String.init)
        var steps: [String] = []
        var index = parts.firstIndex(of: "job") ?? parts.count
        while index + 1 < parts.count, parts[index] == "job" {
            steps.append(unescaped(parts[index + 1]))
            index += 2
        }
        return steps.isEmpty ? nil : steps.joined(separator: "/").prefix(bytes: 300)
    }

    static func short(_ job: String) -> String { job.split(separator: "/").last.map(String.init) ?? job }

    static func pipeline(_ value: JSONValue, _ connection: ConnectionName) -> Pipeline? {
        guard let id = id(of: value), value["jobs"]?.list == nil, value["buildable"] != nil || value["color"] != nil
        else { return nil }
        let isDisabled = value["disabled"] == .flag(true) || value["color"]?.text == "disabled"
        let definitions = (value["property"]?.list ?? []).flatMap { $0["parameterDefinitions"]?.list ?? [] }
        let parameters = definitions.prefix(100).compactMap(parameter)
        var refusal =
            isDisabled
            ? "\(id) is disabled in Jenkins" : value["buildable"] == .flag(false) ? "\(id) cannot be built" : nil
        if let file = definitions.first(where: { $0["type"]?.text?.hasPrefix("File") == true }) {
            refusal = refusal ?? "\(id) wants a file (\(file["name"]?.text ?? "")): start it in Jenkins"
        }
        var pipeline = Pipeline(
            RunKey(connection, id), name: id, words: value["description"]?.text?.prefix(bytes: 300) ?? "",
            parameters: parameters, refusal: refusal)
        pipeline.standing = number(value["nextBuildNumber"]).map { "\($0)" }
        return pipeline
    }

    /// Of a build, of what comes next.
    static func number(_ value: JSONValue?) -> Int? {
        value?.number.flatMap { 1...1e9 ~= $0 ? Int($0) : nil }
    }

    private static func parameter(_ value: JSONValue) -> PipelineParameter? {
        guard let name = value["name"]?.text, !name.isEmpty else { return nil }
        let kinds: [(start: String, kind: PipelineParameter.Kind)] = [
            ("Boolean", .flag), ("Choice", .choice), ("Password", .secret),
        ]
        let type = value["type"]?.text ?? ""
        let choices = (value["choices"]?.list ?? []).prefix(200).compactMap(\.words)
        let kind = kinds.first { type.hasPrefix($0.start) }?.kind ?? .text
        return PipelineParameter(
            name.prefix(bytes: 200), kind,
            standard: kind == .secret ? nil : value["defaultParameterValue"]?["value"]?.words?.prefix(bytes: 2000),
            choices: choices, words: value["description"]?.text?.prefix(bytes: 300) ?? "")
    }

    static func run(_ build: JenkinsBuild, of job: String, _ connection: ConnectionName) -> PipelineRun {
        let state = state(of: build)
        return PipelineRun(
            RunKey(connection, "\(job)#\(build.number)"), name: "\(short(job)) #\(build.number)", pipeline: job,
            state: state, createdAt: build.at, startedAt: build.at,
            endedAt: state.isOpen ? nil : build.at.advanced(by: build.duration), author: build.author ?? "",
            cause: build.cause,
            parameters: Dictionary(
                build.parameters.map { ($0.name, $0.value.prefix(bytes: 2000)) }, uniquingKeysWith: { $1 }),
            note: state == .running ? build.progress(WallTime.now()) ?? "" : "")
    }

    private static func state(of build: JenkinsBuild) -> PipelineState {
        if build.isRunning { return .running }
        return switch build.result {
        case "SUCCESS": .succeeded
        case "UNSTABLE": .unstable
        case "FAILURE": .failed
        case "ABORTED": .stopped
        case "NOT_BUILT": .skipped
        default: .unknown
        }
    }

    static func run(queued item: JSONValue, of job: String, _ connection: ConnectionName) -> PipelineRun {
        let number = item["id"]?.number.flatMap { 0...1e15 ~= $0 ? Int($0) : nil } ?? 0
        let actions = item["actions"]?.list ?? []
        let causes = actions.flatMap { $0["causes"]?.list ?? [] }
        let given = actions.flatMap { $0["parameters"]?.list ?? [] }.prefix(100).compactMap { each in
            each["name"]?.text.map { ($0, each["value"]?.words?.prefix(bytes: 2000) ?? "") }
        }
        let isCancelled = item["cancelled"] == .flag(true)
        let since = item["inQueueSince"]?.number.map { Timestamp(milliseconds: Int64(min(max($0, 0), 1e15))) }
        return PipelineRun(
            RunKey(connection, "\(job)@\(number)"), name: "\(short(job)) (queued)", pipeline: job,
            state: isCancelled ? .stopped : .queued, createdAt: since,
            author: causes.compactMap { $0["userId"]?.text }.first?.prefix(bytes: 100) ?? "",
            cause: causes.first?["shortDescription"]?.text?.prefix(bytes: 300) ?? "",
            parameters: Dictionary(given, uniquingKeysWith: { $1 }),
            note: isCancelled ? "it was taken from the queue" : item["why"]?.text?.prefix(bytes: 300) ?? "")
    }

    static func stages(_ value: JSONValue?) -> [PipelineStep] {
        let states: [String: PipelineState] = [
            "IN_PROGRESS": .running, "SUCCESS": .succeeded, "FAILED": .failed, "ABORTED": .stopped,
            "PAUSED_PENDING_INPUT": .waiting, "NOT_EXECUTED": .skipped, "UNSTABLE": .unstable, "QUEUED": .queued,
        ]
        return (value?["stages"]?.list ?? []).prefix(300).compactMap { stage in
            guard let id = stage["id"]?.words else { return nil }
            let state = stage["status"]?.text.flatMap { states[$0] } ?? .unknown
            let began = stage["startTimeMillis"]?.number.flatMap { 1...1e15 ~= $0 ? $0 : nil }
            let took = stage["durationMillis"]?.number.flatMap { 0...1e12 ~= $0 ? $0 : nil }
            let start = state == .skipped ? nil : began.map { Timestamp(milliseconds: Int64($0)) }
            return PipelineStep(
                id.prefix(bytes: 60), name: stage["name"]?.text?.prefix(bytes: 200) ?? id, state: state,
                startedAt: start,
                endedAt: state.isOpen ? nil : start.flatMap { at in took.map { at.advanced(by: $0 / 1000) } },
                note: state == .waiting
                    ? "a person is to answer in Jenkins" : stage["error"]?["message"]?.text?.prefix(bytes: 300) ?? "")
        }
    }

    private static func unescaped(_ text: String) -> String {
        var (bytes, all) = ([UInt8](), Array(text.utf8)[...])
        while let byte = all.popFirst() {
            if byte == 0x25, all.count >= 2,
                let value = UInt8(String(decoding: all.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                all = all.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The log of a build in pieces. Places are the server's: it counts bytes of notes that it does not show.
enum JenkinsLog {
    typealias Open = (HTTPReply) throws(ConnectorFault) -> HTTPReply

    /// What comes after a place; nil: the log is shorter than that, so that it is another one, or longer than one piece.
    static func piece(
        of path: String, from place: Int, _ http: any HTTP, _ open: Open
    ) async throws(ConnectorFault) -> PipelineLog? {
        let reply: HTTPReply
        do throws(ConnectorFault) {
            reply = try open(
                try await http.send(
                    HTTPRequest(
                        .get, path, query: [("start", "\(max(0, place))")], maxBytes: PipelineLog.mostBytes)))
        } catch {
            guard case .tooLarge = error else { throw error }
            return nil
        }
        guard let size = reply.header("x-text-size").flatMap({ Int($0) }), size >= place else { return nil }
        return PipelineLog(
            String(decoding: reply.body, as: UTF8.self), next: size, isOpen: reply.header("x-more-data") != nil)
    }

    /// How long it is is told with its beginning, which need not be read.
    static func end(of path: String, _ http: any HTTP, _ open: Open) async throws(ConnectorFault) -> PipelineLog {
        let first = try open(
            try await http.stream(
                HTTPRequest(.get, path, query: [("start", "0")], maxBytes: 1 << 40)
            ) { _ in false })
        let size = first.header("x-text-size").flatMap { Int($0) } ?? 0
        let start = max(0, size - PipelineLog.mostBytes / 2)
        guard let piece = try await piece(of: path, from: start, http, open) else {
            throw .malformed("the log changes faster than it can be read")
        }
        guard start > 0 else { return piece }
        // The first line is cut, and may be the end of a note.
        var cut = piece
        cut.isCut = true
        if let line = piece.text.utf8.firstIndex(of: 10) {
            cut.text = String(piece.text[piece.text.utf8.index(after: line)...])
        }
        return cut
    }
}
