import Foundation
import PitEngine
import PitHTTP
import PitModel
import PitStore

/// What a command needs to look at deployments and act on them: a stack, an engine, and the deployments as they are now.
struct DeploymentVisit {
    let stack: Stack
    let engine: Engine

    /// Runs `body` over freshly read deployments.
    static func run<T: Sendable>(
        _ config: ConfigOption, reading: Bool = true,
        _ body: @escaping @Sendable (DeploymentVisit, Snapshot) async throws -> T
    ) throws -> T {
        let (_, made) = try config.load(Places())
        let stack = made.stack
        defer { stack.http.shutdown() }
        let visit = DeploymentVisit(stack: stack, engine: stack.engine())
        // A policy may ask for alerts, too.
        let isReviewed = !stack.settings.governance.policies.isEmpty
        let names = Set(
            stack.settings.servers.filter {
                $0.connector is any Deploying || isReviewed && $0.connector is any AlertReading
            }.map(\.connection.name))
        return try Blocking.run {
            let first = await visit.engine.prepare()
            guard reading, !names.isEmpty else { return try await body(visit, first) }
            return try await body(visit, await visit.engine.pollOnce(names))
        }
    }

    /// By path, full name, bare name, or the model that it serves.
    static func find(_ name: String, in snapshot: Snapshot) throws -> DeploymentState {
        let all = snapshot.deployments
        for fits in [
            { (state: DeploymentState) in state.id.description == name || state.id.path == name },
            { $0.id.name == name }, { $0.deployment.model?.description == name },
        ] {
            let hits = all.filter(fits)
            if hits.count == 1 { return hits[0] }
            if hits.count > 1 {
                throw Stop(
                    .usage, "\(hits.count) deployments are called `\(name)`",
                    hint: "Give one in full: \(hits.prefix(5).map(\.id.description).joined(separator: ", "))")
            }
        }
        let failing = snapshot.connections.first { $0.capabilities.contains("deployments") && $0.status == .failing }
        if let failing, let fault = failing.fault {
            throw Stop(.couldNotRun, "\(failing.name): \(fault.summary)", hint: fault.hint)
        }
        throw Stop(.usage, "there is no deployment `\(name)`", hint: "See them: pitwall get deployments")
    }

    /// One deployment with its revisions read.
    func look(_ name: String, _ snapshot: Snapshot) async throws -> DeploymentState {
        let state = try Self.find(name, in: snapshot)
        if let fault = await engine.lookInto(state.id) {
            throw Stop(.couldNotRun, "\(state.id.path): \(fault.summary)", hint: fault.hint)
        }
        return try Self.find(state.id.description, in: await engine.current())
    }

    /// A revision by label, name, number or the start of its hash.
    static func revision(_ words: String, of state: DeploymentState) throws -> RevisionID {
        let all = state.revisions ?? []
        let exact = all.filter { $0.label == words || $0.id.name == words || $0.number.map(String.init) == words }
        let hits = exact.isEmpty ? all.filter { words.count >= 4 && $0.id.hash.hasPrefix(words) } : exact
        if let hit = hits.first, hits.count == 1 { return hit.id }
        let known = all.prefix(12).map(\.label).joined(separator: ", ")
        throw Stop(
            .usage, "\(state.id.path) has \(hits.isEmpty ? "no revision" : "several revisions") `\(words)`",
            hint: known.isEmpty ? "No revisions are kept." : "It has: \(known).")
    }

    /// Carries operations on until this one is proved, or ended without; the entry and its receipt.
    func wait(for operation: String) async -> (JournalEntry?, Receipt?) {
        let engine = engine
        let task = Task.detached { await engine.run() }
        defer { task.cancel() }
        var told = ""
        while true {
            let entry = (try? stack.store.entry(of: operation)) ?? nil
            let receipt = (try? await engine.receipt(of: operation)) ?? nil
            let isProved = receipt.map { $0.proof.verdict != .open } ?? false
            if let entry, entry.stage.isFinal, entry.stage != .verified || isProved { return (entry, receipt) }
            if let entry, entry.stage == .halted || entry.stage == .awaiting { return (entry, receipt) }
            let words = entry.map { entry in
                receipt?.proof.rolledOutAt == nil
                    ? "\(entry.stage.rawValue) \(entry.detail)" : "verified; verifying whether it helped"
            }
            if let words, words != told {
                Terminal.complain(words)
                told = words
            }
            try? await Task.sleep(for: .milliseconds(250))
        }
    }
}
