import PitGrid
import PitModel

extension RolloutStatus {
    func glyph(_ glyphs: Glyphs) -> SafeText {
        switch self {
        case .complete: glyphs == .unicode ? "●" : "+"
        case .progressing, .canary: glyphs == .unicode ? "◐" : "%"
        case .paused: glyphs == .unicode ? "‖" : "="
        case .failed: glyphs == .unicode ? "✗" : "X"
        case .degraded: glyphs == .unicode ? "◐" : "!"
        case .stopped: glyphs == .unicode ? "■" : "#"
        case .unknown: "?"
        }
    }

    var role: Role {
        switch self {
        case .complete: .ok
        case .progressing: .notice
        case .canary, .paused, .degraded: .warn
        case .failed: .fail
        case .stopped: .dim
        case .unknown: .unknown
        }
    }
}

extension Proof.Verdict {
    var role: Role {
        switch self {
        case .recovered: .ok
        case .notRecovered: .fail
        case .notEnoughData: .warn
        case .open: .notice
        }
    }

    func glyph(_ glyphs: Glyphs) -> SafeText {
        switch self {
        case .recovered: glyphs == .unicode ? "✓" : "+"
        case .notRecovered: glyphs == .unicode ? "✗" : "X"
        case .notEnoughData: "?"
        case .open: glyphs == .unicode ? "◐" : "%"
        }
    }
}

extension CanaryAdvice.Word {
    var title: String {
        switch self {
        case .promote: "promote"
        case .hold: "hold"
        case .rollback: "roll back"
        }
    }

    var role: Role {
        switch self {
        case .promote: .ok
        case .hold: .warn
        case .rollback: .fail
        }
    }
}

extension DeploymentVerb {
    /// `roll back`, as one says it: `Roll back prod/support-chat`.
    var title: String {
        switch self {
        case .rollback: "roll back"
        case .setWeight: "set the weight of"
        default: rawValue
        }
    }

    /// `rolled back` would claim too much; `a rollback` does not.
    var noun: String {
        switch self {
        case .rollback: "rollback"
        case .promote: "promotion"
        case .setWeight: "weight"
        default: rawValue
        }
    }
}

extension Concern {
    /// What a person can do about it; empty where there is nothing to do.
    var next: String {
        switch kind {
        case .operationInFlight: "wait until it is settled, or settle it: J lists the operations"
        case .freeze: "wait for its end, or take the window out of the configuration"
        case .paused: "resume it first: u"
        case .notAllowed: "add the verb to the connection's `allow` in the configuration"
        case .readOnly: "start pitwall without --read-only"
        case .sameAsNow, .gone, .quarantined: "choose another revision: Enter on the Deploy screen lists them"
        case .approvalMissing: "a second person approves it: J lists the operations there"
        case .dryRun: blocks ? "mend what the server names, then plan again" : ""
        case .review: blocks ? "mend what is missing; V on the version opens its review" : ""
        case .managed, .silence, .warning, .cold: ""
        }
    }
}

extension Deployment {
    /// `vllm:v0.11 chat-ft-14`: the images without their registry, then models and prompts.
    var artifactWords: String {
        artifacts.filter { $0.kind != .argument && $0.kind != .parameter }.map(\.short).joined(separator: " ")
    }

    var readyWords: String {
        guard replicas.ready != nil || replicas.wanted != nil else { return Figures.missing }
        return
            "\(replicas.ready.map(String.init) ?? Figures.missing)/\(replicas.wanted.map(String.init) ?? Figures.missing)"
    }

    /// `r2 80% r3 20%`.
    var trafficWords: String {
        traffic.map { "\($0.release) \(Figures.percent($0.percent / 100))" }.joined(separator: " ")
    }

    /// The share of the revision that is wanted, where others have some, too: 0...1.
    var canaryShare: Double? {
        guard status == .canary || traffic.count > 1 else { return nil }
        return traffic.first { $0.revision != nil && $0.revision == current }.map { $0.percent / 100 }
            ?? (traffic.count > 1 ? traffic.last.map { $0.percent / 100 } : nil)
    }
}

extension Artifact {
    /// Without what a reader knows: the registry, the scheme.
    var short: String {
        switch kind {
        case .image: value.split(separator: "/").last.map(String.init) ?? value
        case .model:
            value.hasPrefix("models:/") ? String(value.dropFirst(8)).replacing("/", with: " v") : value
        default: value
        }
    }
}

extension DeploymentState {
    /// How much it wants to be looked at: the highest first.
    var urgency: Int {
        if guardDue != nil { return 12 }
        if !quarantine.isEmpty { return 11 }
        if proof?.verdict == .notRecovered, operation != nil || deployment.status != .complete { return 10 }
        switch deployment.status {
        case .failed: return 9
        case .degraded: return 8
        case .progressing: return 7
        case .canary: return 6
        case .paused: return 5
        case .unknown: return operation == nil ? 2 : 4
        case .stopped: return operation == nil ? 1 : 4
        case .complete: return operation == nil ? 0 : 4
        }
    }

    /// What is the most pressing first, then the status, then what is known beside it.
    func statusSegments(_ glyphs: Glyphs, _ now: Timestamp) -> [Segment] {
        let status = deployment.status
        var parts: [[Segment]] = []
        func add(_ text: String, _ role: Role, strong: Bool = false) {
            parts.append([Segment(SafeText(text), role, strong: strong)])
        }
        if let due = guardDue {
            add("guard in \(Figures.duration(max(0, due.since(now)).rounded(.up)))", .fail, strong: true)
        }
        if !quarantine.isEmpty { add("QUARANTINED", .fail, strong: true) }
        let fresh = proof.flatMap { proof in
            proof.verdict == .open || now.since(proof.decidedAt ?? proof.startedAt) < 86400 ? proof : nil
        }
        // That it is complete goes without saying where it is said what came of it.
        if status != .complete || fresh == nil {
            var word = status.word
            if status == .progressing, let progress { word = "rolling \(Figures.percent(progress))" }
            if status == .canary, let share = deployment.canaryShare { word = "canary \(Figures.percent(share))" }
            parts.append([
                Segment(status.glyph(glyphs), status.role, strong: true), Segment(" "),
                Segment(SafeText(word), status.role),
            ])
        }
        if let fresh {
            let verdict = fresh.verdict
            parts.append([
                Segment(verdict.glyph(glyphs), verdict.role, strong: true), Segment(" "),
                Segment(SafeText(verdict.word), verdict.role, strong: verdict == .notRecovered),
            ])
        } else if operation != nil {
            add("operation open", .notice)
        }
        if let advice, status == .canary { add("advice: \(advice.word.title)", advice.word.role) }
        if !deployment.message.isEmpty, status != .complete { add(deployment.message, status.role) }
        return Array(parts.joined(separator: [Segment("  ")]))
    }

    /// How old what is shown is, where it is too old to trust.
    func staleWords(_ now: Timestamp) -> String? {
        isStale ? "\(Figures.age(now.since(seenAt))) old" : nil
    }
}

extension Revision {
    /// `r12`, and the numbers that it had: `revision 2 (now 4)`.
    var title: String {
        guard let number, let former = formerNumbers.last, former != number else { return label }
        return "\(label) (was \(former))"
    }
}

extension SpecChange {
    /// `image 0.10 → 0.11`: the last part of the path, and both values as short as can be.
    func short(_ arrow: Character) -> String {
        let leaf = path.split(whereSeparator: { $0 == "." || $0 == "/" }).last.map(String.init) ?? path
        func value(_ text: String?) -> String {
            guard let text else { return "(none)" }
            let plain =
                text.count > 1 && text.first == "\"" && text.last == "\"" ? String(text.dropFirst().dropLast()) : text
            return plain.split(separator: "/").last.map(String.init) ?? plain
        }
        return "\(leaf) \(value(before)) \(arrow) \(value(after))"
    }
}

/// What a revision brought, in a line.
enum RevisionWords {
    /// From the differences where they are known, else from what both consist of, else the release's own words.
    static func change(_ revisions: [Revision], _ index: Int, _ changes: [SpecChange]?, _ glyphs: Glyphs) -> String {
        let revision = revisions[index]
        var words = revision.cause
        func add(_ text: String) { if !text.isEmpty { words += (words.isEmpty ? "" : "   ") + text } }
        if let changes, !changes.isEmpty {
            let rest = changes.count > 3 ? ", and \(changes.count - 3) more" : ""
            add(changes.prefix(3).map { $0.short(glyphs.arrow) }.joined(separator: ", ") + rest)
        } else if index + 1 < revisions.count {
            add(differences(revisions[index + 1].artifacts, revision.artifacts, glyphs))
        } else if words.isEmpty {
            add(revision.artifacts.map(\.short).joined(separator: " "))
        }
        add(revision.note)
        return words
    }

    private static func differences(_ before: [Artifact], _ after: [Artifact], _ glyphs: Glyphs) -> String {
        after.compactMap { artifact in
            let old = before.first { $0.kind == artifact.kind && $0.name == artifact.name }
            guard old?.value != artifact.value || old?.digest != artifact.digest else { return nil }
            let (now, then) = (parted(artifact), old.map(parted))
            guard let then else { return "\(artifact.kind.rawValue) \(artifact.short) added" }
            guard then.version != now.version else { return "\(now.name) \(now.version) of another digest" }
            return then.name == now.name
                ? "\(now.name) \(then.version) \(glyphs.arrow) \(now.version)"
                : "\(old?.short ?? "") \(glyphs.arrow) \(artifact.short)"
        }.joined(separator: ", ")
    }

    /// `vllm-openai` and `v0.11`; `chat-ft` and `v14`.
    private static func parted(_ artifact: Artifact) -> (name: String, version: String) {
        let short = artifact.short
        let mark: Character = artifact.kind == .image ? ":" : " "
        guard let cut = short.lastIndex(of: mark) else {
            return (artifact.name.isEmpty ? artifact.kind.rawValue : artifact.name, short)
        }
        return (String(short[..<cut]), String(short[short.index(after: cut)...]))
    }
}

extension JournalEntry.Stage {
    var role: Role {
        switch self {
        case .verified: .ok
        case .contradicted, .refused: .fail
        case .unverified: .warn
        default: .notice
        }
    }
}
