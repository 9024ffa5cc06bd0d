public import PitModel
import PitParse

/// A Jenkins. Jobs that deploy: each successful build is a release, and what it deployed is said by its parameters; a
/// rollback is a new build with the parameters of an earlier one. And all jobs as pipelines, their builds as runs.
public struct JenkinsConnector: Connector, Deploying {
    public static let about = ConnectorInfo(
        id: "jenkins", title: "Jenkins",
        summary: "shows what jobs have deployed, rebuilds an earlier release, and runs jobs",
        usualPorts: [8080],
        options: [
            OptionInfo("jobs", .list, help: "the jobs that deploy, with their folders", example: "[llm/deploy-chat]"),
            OptionInfo("release", .text, help: "the parameter that names the release", example: "VERSION"),
            OptionInfo(
                "folder", .text, help: "the folder whose jobs are listed as pipelines; all without it", example: "llm"),
        ])
    public static let deploymentVerbs: Set<DeploymentVerb> = [.rollback, .promote, .restart, .abort]

    static let product = "Jenkins"
    let http: any HTTP
    let name: ConnectionName
    /// Whose jobs are pipelines; nil: all.
    let folder: String?
    private let jobs: [String]
    private let release: String?
    private let console = ConsoleShelf()
    let trees = JenkinsTreeShelf()

    public init(_ connection: Connection, http: any HTTP) {
        (self.http, name) = (http, connection.name)
        jobs = connection.options["jobs"]?.list ?? []
        release = connection.options["release"]?.text
        folder = connection.options["folder"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        let reply = try await http.send(HTTPRequest(.get, "/api/json", query: [("tree", "nodeDescription")]))
        guard let version = try open(reply).header("x-jenkins") else {
            throw .notWhatItSays(expected: Self.product, got: JSONReply.shape(reply))
        }
        let words = jobs.isEmpty ? "no jobs are named: add `jobs`" : "jobs \(jobs.joined(separator: ", "))"
        return Identity(product: Self.product, version: version.prefix(bytes: 40), detail: words)
    }

    public func deployments() async throws(ConnectorFault) -> [Deployment] {
        var all: [Deployment] = []
        for job in jobs.prefix(200) { all.append(try await read(job).deployment) }
        return all
    }

    public func revisions(of deployment: DeploymentID) async throws(ConnectorFault) -> [Revision] {
        try await read(deployment.path).revisions
    }

    public func changes(
        in deployment: DeploymentID, from: RevisionID?, to: RevisionID?
    ) async throws(ConnectorFault) -> [SpecChange] {
        let job = try await read(deployment.path)
        func artifacts(_ id: RevisionID?) throws(ConnectorFault) -> [Artifact] {
            guard let id = id ?? job.deployment.current else { return [] }
            guard let build = job.builds.first(where: { $0.id.name == id.name }) else {
                throw .rejected("\(deployment.path) keeps no build \(id.name)")
            }
            return build.artifacts
        }
        return ArtifactChanges.between(try artifacts(from), try artifacts(to))
    }

    public func plan(_ request: DeploymentRequest) async throws(ConnectorFault) -> DeploymentPlan {
        let job = try await read(request.deployment.path)
        let before = job.deployment
        guard before.verbs.contains(request.verb) else {
            throw .rejected(
                job.isDisabled
                    ? "\(before.id.path) is disabled in Jenkins: enable it there first"
                    : "\(before.id.path) cannot be asked to \(request.verb.rawValue) now")
        }
        var request = request
        if request.verb == .restart { request.target = before.current }
        let target = try RevisionChoice.target(of: request, before, job.revisions)
        var concerns = RevisionChoice.concerns(request, before, target)
        if let waiting = job.waiting {
            concerns.append(Concern(.operationInFlight, "a build waits in the queue: \(waiting)"))
        }
        let running = job.builds.first(where: \.isRunning)
        let path = Self.path(of: request.deployment.path)
        let build = job.builds.first { $0.id.name == target?.id.name }
        if let hidden = build?.hidden, !hidden.isEmpty {
            concerns.append(
                Concern(.warning, "Jenkins does not tell \(hidden.joined(separator: ", ")): the job's default is taken")
            )
        }
        let exchange =
            request.verb == .abort
            ? ["POST \(path)/\(running?.number ?? 0)/stop"]
            : ["POST \(path)/buildWithParameters"] + (build?.artifacts.map { "\($0.name)=\($0.value)" } ?? [])
        return DeploymentPlan(
            request: request, before: before, target: target,
            changes: target.map { ArtifactChanges.between(before.artifacts, $0.artifacts) } ?? [],
            preconditions: ["no build after #\(job.newest) has begun"], concerns: concerns, exchange: exchange,
            token: "\(job.newest) \(request.verb == .abort ? running?.number ?? 0 : build?.number ?? 0)",
            expectation: (target?.id ?? before.current).map(DeploymentExpectation.serves)
                ?? .restarted(after: before.generation))
    }

    public func apply(_ plan: DeploymentPlan) async throws(ConnectorFault) -> String {
        let (newest, number) = try Self.numbers(plan)
        let job = try await read(plan.request.deployment.path)
        guard job.newest == newest else {
            throw .rejected("build #\(job.newest) has begun since this was planned after #\(newest); nothing was sent")
        }
        let path = Self.path(of: plan.request.deployment.path)
        if plan.request.verb == .abort {
            _ = try await post("\(path)/\(number)/stop", [])
            return "#\(number) asked to stop"
        }
        guard let build = job.builds.first(where: { $0.number == number }) else {
            throw .rejected("build #\(number) is no longer kept; nothing was sent")
        }
        let reply = try await post("\(path)/buildWithParameters", build.parameters)
        let item = reply.header("location").flatMap(Self.queueItem)
        return item.map { "queue item \($0)" } ?? "accepted, without an item in the queue"
    }

    public func trace(of plan: DeploymentPlan) async throws(ConnectorFault) -> ApplyTrace {
        let (newest, number) = try Self.numbers(plan)
        let job = try await read(plan.request.deployment.path)
        if plan.request.verb == .abort {
            let build = job.builds.first { $0.number == number }
            return build?.isRunning == true ? .notDone : .done("#\(number) runs no more")
        }
        let later = job.builds.filter { $0.number > newest }
        if let same = later.last(where: { $0.id.hash == plan.target?.id.hash }) {
            return .done("build #\(same.number)")
        }
        if let other = later.first { return .superseded("build #\(other.number) has begun, with other parameters") }
        // One that waits tells its parameters only as a text: whose it is cannot be told for sure.
        return job.waiting.map { .unknown("a build waits in the queue: \($0)") } ?? .notDone
    }

    public func watch(_ deployment: DeploymentID) async throws(ConnectorFault) -> RolloutView {
        let job = try await read(deployment.path)
        var view = RolloutView(deployment: job.deployment)
        if let waiting = job.waiting { view.conditions.append("queued: \(waiting)") }
        guard let build = job.builds.first else { return view }
        let now = WallTime.now()
        if let words = build.progress(now) { view.conditions.append(words) }
        let lines = try await follow(deployment.path, build.number)
        view.events = lines.map { RolloutEvent(at: now, object: "#\(build.number)", reason: "Console", words: $0) }
        if let result = build.result, !build.isRunning {
            let words = "\(result) after \(Int(build.duration)) s"
            view.events.append(
                RolloutEvent(
                    at: build.at, isWarning: result != "SUCCESS", object: "#\(build.number)", reason: "Ended",
                    words: words))
        }
        return view
    }

    // MARK: -

    private func read(_ job: String) async throws(ConnectorFault) -> JenkinsJob {
        let reply = try open(
            try await http.send(HTTPRequest(.get, "\(Self.path(of: job))/api/json", query: [("tree", JenkinsJob.tree)]))
        )
        guard let value = JSONReader.value(of: reply.body), value["builds"]?.list != nil else {
            throw .notWhatItSays(expected: "a job of Jenkins", got: JSONReply.shape(reply))
        }
        return JenkinsJob(value, path: job, connection: name, release: release)
    }

    /// The newest lines of a build's log. Offsets are the server's own: it counts notes that it does not show.
    private func follow(_ job: String, _ build: Int) async throws(ConnectorFault) -> [String] {
        let key = "\(job)#\(build)"
        let start = console.start(key)
        let reply = try open(
            try await http.send(
                HTTPRequest(
                    .get, "\(Self.path(of: job))/\(build)/logText/progressiveText", query: [("start", "\(start)")],
                    maxBytes: ConsoleShelf.maxBytes)))
        let size = reply.header("x-text-size").flatMap { Int($0) } ?? start + reply.body.count
        // A start behind the end gives the whole log: it was made anew.
        return console.take(reply.body, of: key, size: size, isWhole: size < start)
    }

    /// What changes something carries a crumb and the session that it belongs to, where Jenkins wants crumbs; with an API
    /// token it does not ask for one.
    func post(
        _ path: String, _ form: [(name: String, value: String)]
    ) async throws(ConnectorFault) -> HTTPReply {
        var headers = [(name: "Content-Type", value: "application/x-www-form-urlencoded")]
        let crumb = try await http.send(HTTPRequest(.get, "/crumbIssuer/api/json"))
        if crumb.status != 404 {
            let value = JSONReader.value(of: try open(crumb).body)
            if let field = value?["crumbRequestField"]?.text, let words = value?["crumb"]?.text {
                headers.append((field, words))
            }
            let cookies = crumb.headers.filter { $0.name == "set-cookie" }.map { String($0.value.prefix { $0 != ";" }) }
            if !cookies.isEmpty { headers.append(("Cookie", cookies.joined(separator: "; "))) }
        }
        let body = form.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
        let reply = try await http.send(
            HTTPRequest(.post, path, headers: headers, body: Array(body.utf8), isRepeatable: false))
        return (300..<400).contains(reply.status) ? reply : try open(reply)
    }

    /// Errors are pages of HTML: what they mean is told in place of their first line.
    func open(_ reply: HTTPReply) throws(ConnectorFault) -> HTTPReply {
        switch reply.status {
        case 403 where reply.text.prefix(20_000).contains("No valid crumb"):
            throw .forbidden("No valid crumb: use an API token in auth")
        case 403: throw .forbidden("the account may not do this in Jenkins")
        case 409: throw .rejected("the job is disabled in Jenkins; nothing was started")
        case 400 where reply.path.hasSuffix("/buildWithParameters"):
            throw .rejected("the job takes no parameters; nothing was started")
        case 400 where reply.path.hasSuffix("/build"):
            throw .rejected("the job takes parameters; nothing was started")
        case 405: throw .rejected("Jenkins wants another method for \(reply.path)")
        case 404: throw .notFound(path: reply.path)
        case 500...: throw .server(status: reply.status, excerpt: "")
        default: return try reply.success()
        }
    }

    private static func numbers(_ plan: DeploymentPlan) throws(ConnectorFault) -> (newest: Int, number: Int) {
        let words = plan.token.split(separator: " ").compactMap { Int($0) }
        guard words.count == 2 else { throw .rejected("the plan names no build") }
        return (words[0], words[1])
    }

    /// `/queue/item/12/`, with whatever root the server believes to have.
    static func queueItem(_ location: String) -> Int? {
        let parts = location.split(separator: "/")
        return parts.firstIndex(of: "item").flatMap { parts.indices.contains($0 + 1) ? Int(parts[$0 + 1]) : nil }
    }

    /// `folder/name` is `/job/folder/job/name`; a branch's name with a slash in it is written as Jenkins has it.
    static func path(of job: String) -> String {
        job.split(separator: "/").reduce("") { "\($0)/job/\(encode(String($1)))" }
    }

    static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += byte < 16 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return result
    }
}
