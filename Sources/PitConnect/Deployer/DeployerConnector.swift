import FoundationEssentials
public import PitModel
import PitParse

/// Whatever deploys, by a contract of JSON in and JSON out: a webhook that is posted to, or a command of this machine
/// that reads its standard input and writes its standard output. `Sources/README.md` has the contract.
public struct DeployerConnector: Connector, Deploying {
    public static let about = ConnectorInfo(
        id: "deployer", title: "Deployer by webhook or command",
        summary: "shows and changes what Ansible, Argo CD or a script of yours deploys",
        options: [
            OptionInfo(
                "command", .list, help: "a program and its words, in place of the url",
                example: "[/usr/local/bin/deploys, --fleet, prod]")
        ], alternative: "command")
    public static let deploymentVerbs = Set(DeploymentVerb.allCases)

    static let product = "a deployer (JSON)"
    /// Bytes of one answer.
    private static let maxBytes = 8 << 20

    private let name: ConnectionName
    private let http: any HTTP
    private let command: CommandRun?

    public init(_ connection: Connection, http: any HTTP) {
        (name, self.http) = (connection.name, http)
        command = connection.options["command"]?.list.map {
            CommandRun(words: $0, patience: connection.timeout, maxBytes: Self.maxBytes)
        }
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        let answer = try await ask("list")
        let count = try DeployerWire.deployments(answer, name).count
        return Identity(
            product: answer["deployer"]?.text?.prefix(bytes: 60) ?? "deployer",
            version: answer["version"]?.words?.prefix(bytes: 40),
            detail: count == 1 ? "1 deployment" : "\(count) deployments")
    }

    public func deployments() async throws(ConnectorFault) -> [Deployment] {
        try DeployerWire.deployments(try await ask("list"), name)
    }

    public func revisions(of deployment: DeploymentID) async throws(ConnectorFault) -> [Revision] {
        try DeployerWire.revisions(try await ask("revisions", deployment))
    }

    public func changes(
        in deployment: DeploymentID, from: RevisionID?, to: RevisionID?
    ) async throws(ConnectorFault) -> [SpecChange] {
        let all = try await revisions(of: deployment)
        func artifacts(_ id: RevisionID?) throws(ConnectorFault) -> [Artifact] {
            guard let found = all.first(where: { id.map(\.name) == $0.id.name || id == nil && $0.isCurrent }) else {
                throw .rejected("\(deployment.path) has no revision \(id?.name ?? "that is current")")
            }
            return found.artifacts
        }
        return ArtifactChanges.between(try artifacts(from), try artifacts(to))
    }

    public func plan(_ request: DeploymentRequest) async throws(ConnectorFault) -> DeploymentPlan {
        let before = try await current(request.deployment)
        guard before.verbs.contains(request.verb) else {
            let words = before.verbs.map(\.rawValue).sorted().joined(separator: ", ")
            throw .rejected(
                "\(before.id.path) cannot be asked to \(request.verb.rawValue) now; "
                    + (words.isEmpty ? "nothing can be asked of it" : "it can: \(words)"))
        }
        let all = try await revisions(of: request.deployment)
        let target = try RevisionChoice.target(of: request, before, all)
        let ticket = Ticket(id: Ticket.fresh(), words: "")
        let members = Self.members(of: request, before, target)
        let answer = try await answer("plan", members)
        return DeployerWire.plan(answer, request, before, target, all, ticket, exchange: exchange(members))
    }

    /// Reads once more just before: what changed meanwhile is not overwritten. The deployer is told what it should find,
    /// too, so that it can refuse what changes between the two.
    public func apply(_ plan: DeploymentPlan) async throws(ConnectorFault) -> String {
        try Self.check(try await current(plan.request.deployment), against: plan.before)
        let ticket = Ticket(plan.token)
        let answer = try await ask("apply", Self.members(of: plan, ticket))
        if let words = answer["refused"]?.text { throw .rejected(words.prefix(bytes: 300)) }
        if let words = answer["accepted"]?.words { return words.prefix(bytes: 300) }
        throw .notWhatItSays(expected: "`accepted` or `refused`", got: "JSON of another shape")
    }

    public func trace(of plan: DeploymentPlan) async throws(ConnectorFault) -> ApplyTrace {
        let answer = try await answer("trace", Self.members(of: plan, Ticket(plan.token)))
        if let answer, let trace = DeployerWire.trace(answer) { return trace }
        let now = try await current(plan.request.deployment)
        if PlanTrace.isReached(plan.expectation, now) { return .done("it is as asked for: \(now.release)") }
        guard PlanTrace.isSame(now, plan.before) else { return .superseded("it is \(PlanTrace.words(now)) now") }
        return .unknown("it is as it was, and the deployer does not say whether the request came")
    }

    public func watch(_ deployment: DeploymentID) async throws(ConnectorFault) -> RolloutView {
        guard let answer = try await answer("watch", Self.members(of: deployment)) else {
            return RolloutView(deployment: try await current(deployment))
        }
        return try DeployerWire.view(answer, deployment)
    }

    // MARK: -

    private func current(_ id: DeploymentID) async throws(ConnectorFault) -> Deployment {
        guard let found = try await deployments().first(where: { $0.id == id }) else {
            throw .rejected("\(name) knows no deployment \(id.path) now")
        }
        return found
    }

    static func check(_ now: Deployment, against before: Deployment) throws(ConnectorFault) {
        guard !PlanTrace.isSame(now, before) else { return }
        throw .rejected(
            "\(now.id.path) changed since the plan was made: it was \(PlanTrace.words(before)), "
                + "it is \(PlanTrace.words(now)) now; nothing was sent")
    }

    private typealias Members = [(key: String, value: JSONValue)]

    private static func members(of id: DeploymentID) -> Members {
        (id.namespace.map { [(key: "namespace", value: JSONValue.text($0))] } ?? [])
            + [(key: "name", value: .text(id.name))]
    }

    private static func members(
        of request: DeploymentRequest, _ before: Deployment, _ target: Revision?
    ) -> Members {
        var all = members(of: request.deployment)
        all.append(("verb", .text(request.verb.rawValue)))
        if let target { all.append(("to", .text(target.id.name))) }
        if let amount = request.amount { all.append(("amount", .number(Double(amount)))) }
        all.append(("author", .text(request.author)))
        all.append(("reason", .text(request.reason)))
        var condition: Members = [("uid", .text(before.uid))]
        if let current = before.current { condition.append(("revision", .text(current.name))) }
        if let generation = before.generation { condition.append(("generation", .number(Double(generation)))) }
        all.append(("if", .object(condition)))
        return all
    }

    private static func members(of plan: DeploymentPlan, _ ticket: Ticket) -> Members {
        members(of: plan.request, plan.before, plan.target)
            + [(key: "id", value: .text(ticket.id)), (key: "token", value: .text(ticket.words))]
    }

    private func exchange(_ members: Members) -> [String] {
        let body = JSONValue.object([("ask", .text("apply"))] + members).json
        return [command.map { "run \($0.words.joined(separator: " "))" } ?? "POST \(http.address)", body]
    }

    private func ask(_ question: String, _ id: DeploymentID) async throws(ConnectorFault) -> JSONValue {
        try await ask(question, Self.members(of: id))
    }

    private func ask(_ question: String, _ members: Members = []) async throws(ConnectorFault) -> JSONValue {
        guard let answer = try await answer(question, members) else {
            throw .notWhatItSays(expected: "a deployer that knows `\(question)`", got: "one that does not")
        }
        return answer
    }

    /// Nil when it does not know the question.
    private func answer(_ question: String, _ members: Members) async throws(ConnectorFault) -> JSONValue? {
        let body = Array(
            JSONValue.object([("pitwall", .number(1)), ("ask", .text(question))] + members).json.utf8)
        let bytes = if let command { try await run(command, body) } else { try await post(body, question) }
        guard let bytes else { return nil }
        guard let value = JSONReader.value(of: bytes), value.members != nil else {
            throw .notWhatItSays(expected: Self.product, got: JSONReply.shape(HTTPReply(status: 200, body: bytes)))
        }
        if value["unsupported"] == .flag(true) { return nil }
        if let words = value["error"]?.text { throw .server(status: 500, excerpt: words.prefix(bytes: 300)) }
        return value
    }

    /// Only what changes nothing may be sent twice.
    private func post(_ body: [UInt8], _ question: String) async throws(ConnectorFault) -> [UInt8]? {
        let headers = [(name: "Content-Type", value: "application/json"), (name: "Accept", value: "application/json")]
        let reply = try await http.send(
            HTTPRequest(
                .post, "", headers: headers, body: body, maxBytes: Self.maxBytes, isRepeatable: question != "apply"))
        if reply.status == 501 { return nil }
        return try reply.success().body
    }

    private func run(_ command: CommandRun, _ body: [UInt8]) async throws(ConnectorFault) -> [UInt8] {
        let result = try await command.run(input: body + [10])
        if result.status == 0 || JSONReader.value(of: result.output)?["error"]?.text != nil { return result.output }
        let words = result.complaint.prefix(bytes: 200)
        throw .unreachable(
            "\(command.name) ended with status \(result.status)" + (words.isEmpty ? "" : ": \(words)"))
    }
}
