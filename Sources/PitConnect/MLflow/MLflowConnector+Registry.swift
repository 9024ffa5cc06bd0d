public import PitModel
import PitParse

/// The model registry: each alias of a registered model is a deployment, its versions are the revisions, and what is
/// served is changed by moving the alias. The registry keeps no history of an alias, so the moves made from here are
/// written beside it, into a tag of the registered model.
extension MLflowConnector: Deploying {
    public static let deploymentVerbs: Set<DeploymentVerb> = [.rollback, .promote, .stop]

    private static let mostModels = 5000
    private static let mostVersions = 500
    private static let path = "/api/2.0/mlflow"

    public func deployments() async throws(ConnectorFault) -> [Deployment] {
        var all: [Deployment] = []
        for model in try await models() {
            let entry = RegistryEntry(model)
            for alias in entry.aliases {
                let version = try await version(alias.version, of: entry.name)
                all.append(entry.deployment(alias, version, connection))
            }
        }
        return all + (try await promptDeployments())
    }

    public func revisions(of deployment: DeploymentID) async throws(ConnectorFault) -> [Revision] {
        let (name, alias) = try RegistryEntry.parts(of: deployment)
        let entry = try await entry(name)
        return try await revisions(entry, alias, holder: try entry.holder(of: alias))
    }

    public func changes(
        in deployment: DeploymentID, from: RevisionID?, to: RevisionID?
    ) async throws(ConnectorFault) -> [SpecChange] {
        let (name, alias) = try RegistryEntry.parts(of: deployment)
        let entry = try await entry(name)
        let now = try entry.holder(of: alias)
        let (old, new) = (
            try await version(from?.name ?? now, of: name), try await version(to?.name ?? now, of: name)
        )
        return Self.changes(entry, old, new)
    }

    private static func changes(_ entry: RegistryEntry, _ old: JSONValue, _ new: JSONValue) -> [SpecChange] {
        entry.isPrompt ? RegistryEntry.promptChanges(old, new) : RegistryEntry.changes(old, new)
    }

    /// Aliases of prompts are served like those of models. A server that has no prompts yet has none that are.
    private func promptDeployments() async throws(ConnectorFault) -> [Deployment] {
        guard watchedPrompts?.isEmpty != true else { return [] }
        do throws(ConnectorFault) {
            return try await promptModels().map(RegistryEntry.init).filter {
                watchedPrompts?.contains($0.name) ?? true
            }.flatMap { entry in entry.aliases.map { entry.promptDeployment($0, connection) } }
        } catch {
            guard error.isOfOneRequest else { throw error }
            return []
        }
    }

    public func plan(_ request: DeploymentRequest) async throws(ConnectorFault) -> DeploymentPlan {
        let (name, alias) = try RegistryEntry.parts(of: request.deployment)
        guard Self.deploymentVerbs.contains(request.verb) else {
            throw .rejected("an alias cannot be asked to \(request.verb.rawValue); it can be moved: rollback, promote")
        }
        let entry = try await entry(name)
        if request.verb == .stop { return try deletion(request, entry, alias) }
        let holder = try place(of: alias, entry, request)
        let old = holder.isEmpty ? .object([]) : try await version(holder, of: name)
        let all = try await revisions(entry, alias, holder: holder)
        let before = entry.deployment((alias, holder), old, connection)
        var request = request
        // Who held it before is known where it was moved from here; otherwise the version before stands for that.
        if request.verb == .rollback, request.target == nil, let previous = entry.move(to: holder, of: alias)?.from,
            all.contains(where: { $0.id.name == previous && $0.isRestorable })
        {
            request.target = RevisionID(previous)
        }
        guard let target = try RevisionChoice.target(of: request, before, all) else {
            throw .rejected("\(name) has no versions")
        }
        var concerns = RevisionChoice.concerns(request, before, target)
        concerns.append(
            Concern(.warning, "a server that reads the alias only when it starts serves the old version until then"))
        let move = RegistryMove(
            id: Ticket.fresh(), to: target.id.name, from: holder, author: request.author,
            reason: request.reason.prefix(bytes: 500), at: nil)
        return DeploymentPlan(
            request: request, before: before, target: target,
            changes: Self.changes(entry, old, try await version(target.id.name, of: name)),
            preconditions: [
                holder.isEmpty ? "\(name) has no alias \(alias)" : "\(alias) points to version \(holder)"
            ], concerns: concerns,
            exchange: [
                "POST \(Self.path)/registered-models/set-tag", entry.tag(move, alias).json,
                "POST \(Self.path)/registered-models/alias", RegistryEntry.aliasBody(name, alias, move.to).json,
            ], token: move.json.json, expectation: .serves(target.id))
    }

    /// The alias is read once more just before; the registry itself knows no conditions.
    public func apply(_ plan: DeploymentPlan) async throws(ConnectorFault) -> String {
        let (name, alias) = try RegistryEntry.parts(of: plan.request.deployment)
        guard var move = RegistryMove(JSONReader.value(of: plan.token)) else { throw .rejected("the plan has no move") }
        let entry = try await entry(name)
        let holder = entry.aliases.first { $0.alias == alias }?.version ?? ""
        guard holder == move.from, entry.uid(alias) == plan.before.uid else {
            throw .rejected(
                "\(alias) of \(name) pointed to \(Self.words(move.from)) when this was planned; it points to \(holder.isEmpty ? "none" : holder) now; "
                    + "nothing was sent")
        }
        // The reason may have been given after the plan was made.
        (move.author, move.reason) = (plan.request.author, plan.request.reason.prefix(bytes: 500))
        move.at = WallTime.now()
        _ = try await post("\(Self.path)/registered-models/set-tag", entry.tag(move, alias), isRepeatable: false)
        let holderNow = try await self.entry(name).aliases.first { $0.alias == alias }?.version ?? ""
        guard holderNow == move.from else {
            throw .rejected(
                "somebody moved \(alias) of \(name) to \(Self.words(holderNow)) just now; it was not moved")
        }
        if move.isDeletion { return try await delete(alias, of: name) }
        _ = try await post(
            "\(Self.path)/registered-models/alias", RegistryEntry.aliasBody(name, alias, move.to), isRepeatable: false)
        return "\(alias) set to version \(move.to)"
    }

    public func trace(of plan: DeploymentPlan) async throws(ConnectorFault) -> ApplyTrace {
        let (name, alias) = try RegistryEntry.parts(of: plan.request.deployment)
        guard let move = RegistryMove(JSONReader.value(of: plan.token)) else { return .unknown("the plan has no move") }
        let entry = try await entry(name)
        guard let holder = entry.aliases.first(where: { $0.alias == alias })?.version else {
            if move.isDeletion { return .done("\(name) has no alias \(alias) any more") }
            return move.from.isEmpty ? .notDone : .superseded("\(name) has no alias \(alias) any more")
        }
        let wasBegun = entry.moves(of: alias).contains { $0.id == move.id }
        if holder == move.to {
            return .done(
                wasBegun
                    ? "\(alias) points to version \(holder)" : "\(alias) points to version \(holder), moved by another")
        }
        guard holder == move.from else { return .superseded("\(alias) points to version \(holder)") }
        return .notDone
    }

    public func watch(_ deployment: DeploymentID) async throws(ConnectorFault) -> RolloutView {
        let (name, alias) = try RegistryEntry.parts(of: deployment)
        let entry = try await entry(name)
        var now: Deployment
        if let last = entry.moves(of: alias).first, last.isDeletion,
            !entry.aliases.contains(where: { $0.alias == alias })
        {
            now = entry.deployment((alias, ""), .object([]), connection)
            now.status = .stopped
        } else {
            let holder = try entry.holder(of: alias)
            now = entry.deployment((alias, holder), try await version(holder, of: name), connection)
        }
        let events = entry.moves(of: alias).reversed().compactMap { move in
            move.at.map {
                RolloutEvent(
                    at: $0, object: "\(name)@\(alias)", reason: "Moved",
                    words: "from \(Self.bare(move.from)) to \(Self.bare(move.to)) by \(move.author): \(move.reason)")
            }
        }
        return RolloutView(deployment: now, events: events)
    }

    // MARK: -

    private static func bare(_ version: String) -> String { version.isEmpty ? "none" : version }
    private static func words(_ version: String) -> String { version.isEmpty ? "none" : "version \(version)" }

    /// Where the alias points; empty where a prompt is to get a first one of that name.
    private func place(
        of alias: String, _ entry: RegistryEntry, _ request: DeploymentRequest
    ) throws(ConnectorFault) -> String {
        let isNew = !entry.aliases.contains { $0.alias == alias }
        guard isNew, entry.isPrompt, request.verb == .promote, request.target != nil else {
            return try entry.holder(of: alias)
        }
        let word = alias.lowercased()
        let isNumber = word.hasPrefix("v") && word.count > 1 && word.dropFirst().allSatisfy(\.isNumber)
        guard !alias.isEmpty, word != "latest", !isNumber else {
            throw .rejected("`\(alias)` cannot be an alias: `latest` and `v` with a number mean versions")
        }
        return ""
    }

    private func models() async throws(ConnectorFault) -> [JSONValue] {
        var (all, token): ([JSONValue], String?) = ([], nil)
        repeat {
            let page = try await get(
                "\(Self.path)/registered-models/search",
                [("max_results", "500")] + (token.map { [("page_token", $0)] } ?? []))
            all += page["registered_models"]?.list ?? []
            token = page["next_page_token"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        } while token != nil && all.count < Self.mostModels
        return all.filter { model in
            registered.isEmpty || registered.contains { $0 == model["name"]?.text }
        }
    }

    private func entry(_ name: String) async throws(ConnectorFault) -> RegistryEntry {
        let reply = try await get("\(Self.path)/registered-models/get", [("name", name)])
        guard let model = reply["registered_model"] else { throw .notWhatItSays(expected: "a model", got: "none") }
        return RegistryEntry(model)
    }

    /// What a version consists of does not change: it is asked for once.
    private func version(_ version: String, of name: String) async throws(ConnectorFault) -> JSONValue {
        if let known = versions.value("\(name)/\(version)") { return known }
        let reply = try await get("\(Self.path)/model-versions/get", [("name", name), ("version", version)])
        guard let found = reply["model_version"] else { throw .notWhatItSays(expected: "a version", got: "none") }
        if found["status"]?.text == "READY" { versions.keep(found, as: "\(name)/\(version)") }
        return found
    }

    private func revisions(
        _ entry: RegistryEntry, _ alias: String, holder: String
    ) async throws(ConnectorFault) -> [Revision] {
        // Of prompts, too, nothing is found without their tag being named.
        let ofPrompts = entry.isPrompt ? " AND tags.`\(Self.promptTag)` = 'true'" : ""
        let reply = try await get(
            "\(Self.path)/model-versions/search",
            [
                ("filter", "name=\(Self.quoted(entry.name))\(ofPrompts)"), ("max_results", "\(Self.mostVersions)"),
                ("order_by", "version_number DESC"),
            ])
        return (reply["model_versions"]?.list ?? []).compactMap { entry.revision($0, alias, holder: holder) }
    }
}

extension MLflowConnector: ApprovalHolding {
    public func approvals(of operation: String, _ plan: DeploymentPlan) async throws(ConnectorFault) -> [String] {
        try await entry(RegistryEntry.parts(of: plan.request.deployment).name).approvals(of: operation)
    }

    public func approvalHint(_ operation: String, _ plan: DeploymentPlan) -> String {
        let name = (try? RegistryEntry.parts(of: plan.request.deployment).name) ?? plan.request.deployment.name
        return "or set the tag \(RegistryEntry.approvalKey(operation)) of the registered model \(name) to your name"
    }
}
