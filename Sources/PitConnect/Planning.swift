import PitModel

/// Which revision a request means.
enum RevisionChoice {
    /// The one that was named, or for a rollback the newest that can be restored and came before the current one, for a
    /// promotion the newest. Nil for what needs none. `all` is the newest first.
    static func target(
        of request: DeploymentRequest, _ before: Deployment, _ all: [Revision]
    ) throws(ConnectorFault) -> Revision? {
        if let wanted = request.target {
            guard let found = all.first(where: { $0.id.name == wanted.name || $0.label == wanted.name }) else {
                let known = all.prefix(8).map(\.label).joined(separator: ", ")
                throw .rejected("\(before.id.path) has no revision \(wanted.name); it has: \(known)")
            }
            return found
        }
        switch request.verb {
        case .rollback:
            let older = all.firstIndex(where: { $0.id == before.current || $0.isCurrent }).map { all[($0 + 1)...] }
            guard let found = (older ?? all[...]).first(where: { $0.isRestorable && !$0.isCurrent }) else {
                throw .rejected("\(before.id.path) has no earlier revision that can be restored")
            }
            return found
        case .promote: return all.first
        default: return nil
        }
    }

    /// What should be known of going there.
    static func concerns(_ request: DeploymentRequest, _ before: Deployment, _ target: Revision?) -> [Concern] {
        var all: [Concern] = []
        if let target, request.verb == .rollback || request.verb == .promote {
            if target.id == before.current, before.status == .complete {
                all.append(Concern(.sameAsNow, "it serves \(target.label) already", blocks: true))
            }
            if !target.isRestorable {
                let why = target.note.isEmpty ? "" : ": \(target.note)"
                all.append(Concern(.gone, "\(target.label) cannot be restored\(why)", blocks: true))
            }
        }
        if let manager = before.managedBy {
            all.append(Concern(.managed, "\(manager) manages it and may bring back what its repository says"))
        }
        if before.status == .progressing {
            all.append(Concern(.operationInFlight, "a rollout is under way now: \(before.message.prefix(bytes: 80))"))
        }
        if before.status == .paused, request.verb != .resume { all.append(Concern(.paused, "it is paused")) }
        return all
    }

    /// What must be seen afterwards, where the verb alone says it.
    static func expectation(_ request: DeploymentRequest, _ before: Deployment, _ target: Revision?)
        -> DeploymentExpectation
    {
        switch request.verb {
        case .rollback, .promote, .retry, .abort:
            (target?.id ?? before.current).map(DeploymentExpectation.serves) ?? .restarted(after: before.generation)
        case .pause: .paused(true)
        case .resume: .paused(false)
        case .restart: .restarted(after: before.generation)
        case .scale: .scaled(request.amount ?? 0)
        case .setWeight: .weight(Double(request.amount ?? 0))
        case .stop: .stopped(true)
        case .start: .stopped(false)
        }
    }
}

/// Holds what is now against what a plan was made for.
enum PlanTrace {
    /// The same object, and nothing that is wanted of it has changed.
    static func isSame(_ now: Deployment, _ before: Deployment) -> Bool {
        now.uid == before.uid && now.generation == before.generation && now.current?.name == before.current?.name
    }

    /// Whether it is wanted as expected, be it complete or not.
    static func isReached(_ expectation: DeploymentExpectation, _ now: Deployment) -> Bool {
        if case .serves(let revision) = expectation { return now.current?.name == revision.name }
        return expectation.verdict(on: now) == .met
    }

    static func words(_ deployment: Deployment) -> String {
        let generation = deployment.generation.map { " (generation \($0))" } ?? ""
        return (deployment.release.isEmpty ? deployment.current?.name ?? "unknown" : deployment.release) + generation
    }

    static func preconditions(_ before: Deployment) -> [String] {
        (before.current.map { ["the current revision is \($0.name)"] } ?? [])
            + (before.generation.map { ["generation is \($0)"] } ?? [])
    }
}

/// What differs between two releases, by what they consist of.
enum ArtifactChanges {
    static func between(_ from: [Artifact], _ to: [Artifact]) -> [SpecChange] {
        let (old, new) = (read(from), read(to))
        let paths = from.map(path) + to.map(path).filter { old[$0] == nil }
        var seen: Set<String> = []
        return paths.filter { seen.insert($0).inserted && old[$0] != new[$0] }.map {
            SpecChange($0, before: old[$0], after: new[$0])
        }
    }

    private static func path(_ artifact: Artifact) -> String {
        artifact.name.isEmpty ? artifact.kind.rawValue : "\(artifact.kind.rawValue)[\(artifact.name)]"
    }

    private static func read(_ artifacts: [Artifact]) -> [String: String] {
        let pairs = artifacts.map { artifact in
            (path(artifact), (artifact.value + (artifact.digest.map { "@\($0)" } ?? "")).prefix(bytes: 400))
        }
        return Dictionary(pairs, uniquingKeysWith: { "\($0), \($1)" })
    }
}

/// What a plan's token holds for deployers that know a request by its id: the same id is done once.
struct Ticket: Equatable {
    var id: String
    /// The deployer's own words, given back to it.
    var words: String

    init(id: String, words: String) { (self.id, self.words) = (id, words) }

    init(_ token: String) {
        let parts = token.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        (id, words) = (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
    }

    var token: String { "\(id) \(words)" }

    static func fresh() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
