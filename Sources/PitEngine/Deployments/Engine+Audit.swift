public import PitModel
public import PitStore

extension Engine {
    /// Lines of the audit trail that the snapshot has.
    static let auditLimit = 300

    /// Reads what was added to the audit trail, by whichever process.
    func readAudit() {
        keep {
            let last = try store.lastAuditSequence()
            guard last != desk.auditMark else { return }
            let fresh = try store.auditEntries(after: desk.auditMark, limit: Self.auditLimit)
            desk.audit = Array((desk.audit + fresh).suffix(Self.auditLimit))
            desk.auditMark = last
            needsPublishing = true
        }
    }

    /// Computes the whole chain anew.
    @discardableResult
    public func verifyAudit() throws(StoreFault) -> AuditChain {
        let chain = try store.verifyAudit()
        desk.chain = chain
        show()
        return chain
    }

    /// What a new configuration changed, for the trail.
    func auditConfiguration(_ old: EngineSettings, _ new: EngineSettings) {
        var changes: [String] = []
        func compare(_ noun: String, _ a: Set<String>, _ b: Set<String>) {
            for name in b.subtracting(a).sorted() { changes.append("\(noun) \(name) added") }
            for name in a.subtracting(b).sorted() { changes.append("\(noun) \(name) removed") }
        }
        compare(
            "connection", Set(old.servers.map(\.connection.name.description)),
            Set(new.servers.map(\.connection.name.description)))
        compare("model", Set(old.models.map(\.name.description)), Set(new.models.map(\.name.description)))
        compare("rule", Set(old.rules.rules.map(\.name)), Set(new.rules.rules.map(\.name)))
        let before = Dictionary(old.servers.map { ($0.connection.name, $0.connection) }, uniquingKeysWith: { $1 })
        for server in new.servers {
            if let known = before[server.connection.name], known != server.connection {
                changes.append("connection \(server.connection.name) changed")
            }
        }
        let models = Dictionary(old.models.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for model in new.models where models[model.name].map({ $0 != model }) ?? false {
            changes.append("model \(model.name) changed")
        }
        if old.deployments != new.deployments { changes.append("deployments changed") }
        if old.governance != new.governance { changes.append("policies of reviews changed") }
        if old.isReadOnly != new.isReadOnly { changes.append(new.isReadOnly ? "read-only" : "not read-only any more") }
        keep {
            try store.audit(
                at: clock.now(), author: new.author, what: "configuration", subject: "reloaded",
                detail: changes.isEmpty ? "nothing that the engine looks at" : changes.joined(separator: "; "))
        }
    }
}
