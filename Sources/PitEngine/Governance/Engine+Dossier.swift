public import PitModel
public import PitStore

extension Engine {
    /// Operations that are looked through for those about a version, the newest first.
    private static let operationLimit = 1000

    /// A version's dossier: the review, and what was done and said about it.
    public func dossier(of review: Review, author: String) throws(StoreFault) -> Dossier {
        let id = review.evidence.card.id
        let operations = try store.journal(limit: Self.operationLimit).filter { Self.concerns($0, id) }
        var receipts: [Receipt] = []
        for entry in operations {
            if let receipt = try receipt(of: entry.operation.id) { receipts.append(receipt) }
        }
        let subjects = Set([id.description] + operations.map(\.operation.id) + review.evidence.runs.map(\.run.id))
        return Dossier(
            review, author: author, receipts: receipts, operations: operations,
            entries: try store.auditEntries(about: subjects, limit: 60))
    }

    /// Whether an operation brought the version somewhere, or took it away.
    private static func concerns(_ entry: JournalEntry, _ id: ModelVersionID) -> Bool {
        guard let plan = entry.operation.request.plan else { return false }
        let deployment = plan.request.deployment
        if deployment.kind == .alias {
            guard deployment.connection == id.connection, deployment.name.hasPrefix(id.model + "@") else {
                return false
            }
            return plan.target?.id.name == id.version || plan.before.current?.name == id.version
        }
        let artifacts = plan.before.artifacts + (plan.target?.artifacts ?? [])
        return artifacts.contains { $0.kind == .model && id.isNamed(by: $0.value) }
    }
}
