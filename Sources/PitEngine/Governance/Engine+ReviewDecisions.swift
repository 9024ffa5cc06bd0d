public import PitModel
public import PitStore

/// What a person decided, kept, and whether the registry has been told.
public struct ReviewDecision: Sendable {
    public var fact: ReviewFact
    /// Why others do not see it yet; nil: they do.
    public var untold: ConnectorFault?
}

/// Decisions of people about versions: on the disk first, then in the registry's tags.
extension Engine {
    /// Keeps a decision and tells the registry of it, and of earlier ones that it could not be told of.
    ///
    /// - Parameter subject: a waiver's requirement, or an evaluation's run with `:SYSTEM` where only one is meant.
    public func decide(
        _ kind: ReviewFact.Kind, on card: ModelVersionCard, subject: String = "", reason: String,
        until: Timestamp? = nil, by author: String
    ) async -> Result<ReviewDecision, OperationRefusal> {
        let now = clock.now()
        if settings.isReadOnly { return .failure(OperationRefusal("this pitwall is read-only", "")) }
        let words = reason.split { $0.isWhitespace }.joined(separator: " ")
        guard !words.isEmpty else {
            return .failure(OperationRefusal("a reason is missing", "Others read it: --reason 'why'."))
        }
        guard !ReviewFact.person(author).isEmpty else {
            return .failure(OperationRefusal("nobody decides", "Say who you are: `console: {author: NAME}`."))
        }
        do throws(StoreFault) {
            let fact = ReviewFact(
                at: now, author: author, version: card.id, made: card.createdAt, kind: kind, subject: subject,
                reason: words, until: until)
            if let refusal = try complaint(fact, card, now) { return .failure(refusal) }
            let kept = try store.record(fact)
            return .success(ReviewDecision(fact: kept, untold: try await tell(card.id)))
        } catch { return .failure(OperationRefusal("not kept: \(error.summary)", error.hint)) }
    }

    /// Tells the registry what it has not been told of a version; gives why that failed.
    public func tell(_ id: ModelVersionID) async throws(StoreFault) -> ConnectorFault? {
        let waiting = try store.untoldReviewFacts(of: id)
        guard !waiting.isEmpty else { return nil }
        guard let index = serverIndex[id.connection],
            let registry = servers[index].server.connector as? any ModelRegistry
        else { return .rejected("the connection \(id.connection) is gone") }
        for fact in waiting {
            let tag = fact.tag
            do throws(ConnectorFault) {
                try await registry.setTag(tag.key, to: tag.value, of: id.model, version: id.version)
            } catch { return error }
            try store.tellReviewFacts([fact], at: clock.now())
        }
        return nil
    }

    private func complaint(
        _ fact: ReviewFact, _ card: ModelVersionCard, _ now: Timestamp
    ) throws(StoreFault) -> OperationRefusal? {
        switch fact.kind {
        case .waive:
            let policies = settings.governance.policies.filter { $0.isFor(card.id.model) }
            let names = policies.flatMap { RequirementCheck.requirements(of: $0).map(\.name) }
            guard names.contains(fact.subject) else {
                let known =
                    names.isEmpty ? "No policy is for \(card.id.model)." : "It has: \(names.joined(separator: ", "))."
                return OperationRefusal("no policy requires `\(fact.subject)`", known)
            }
            guard let until = fact.until, until > now else {
                return OperationRefusal("a waiver wants an end in the future", "Give one: --until 2026-12-24, or 7d.")
            }
        case .attach:
            let parts = fact.subject.split(separator: ":", maxSplits: 1).map(String.init)
            guard let run = try store.evaluationRun(parts.first ?? "") else {
                return OperationRefusal("there is no run `\(parts.first ?? "")`", "See them: pitwall eval list")
            }
            if parts.count == 2, !run.suite.systems.contains(where: { $0.name == parts[1] }) {
                let all = run.suite.systems.map(\.name).joined(separator: ", ")
                return OperationRefusal("\(run.id) has no system `\(parts[1])`", "It has: \(all).")
            }
        case .retire, .reinstate:
            let isRetired = try evidence(card, requester: nil).retirement != nil
            if isRetired == (fact.kind == .retire) {
                return OperationRefusal("it is \(isRetired ? "retired already" : "not retired")", "")
            }
        case .approve, .reject, .requestChanges: break
        }
        return nil
    }
}
