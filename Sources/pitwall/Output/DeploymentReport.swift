import PitGrid
import PitModel

/// Deployments, revisions, operations and the audit trail as rows.
enum DeploymentReport {
    static func deployments(_ snapshot: Snapshot) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "DEPLOYMENT"), .init(key: "kind", title: "KIND", isWide: true),
                .init(key: "connection", title: "FROM", isWide: true), .init(key: "model", title: "MODEL"),
                .init(key: "release", title: "RELEASE"), .init(key: "revision", title: nil),
                .init(key: "artifacts", title: "IMAGE / MODEL"), .init(key: "replicas_ready", title: "READY"),
                .init(key: "replicas_wanted", title: "WANTED"), .init(key: "traffic", title: "TRAFFIC"),
                .init(key: "since", title: nil), .init(key: "age_seconds", title: "AGE", show: { Report.duration($0) }),
                .init(key: "changed_by", title: "BY"), .init(key: "status", title: "STATUS"),
                .init(key: "message", title: "MESSAGE", isWide: true),
                .init(key: "managed_by", title: "MANAGED BY", isWide: true), .init(key: "operation", title: nil),
                .init(key: "proof", title: "PROOF"), .init(key: "quarantined", title: "QUARANTINED", isWide: true),
                .init(key: "advice", title: "ADVICE", isWide: true), .init(key: "stale", title: nil),
            ],
            rows: snapshot.deployments.map { state in
                let deployment = state.deployment
                return [
                    .text(deployment.id.path), .text(deployment.id.kind.rawValue),
                    .text(deployment.id.connection.description), .optional(deployment.model?.description),
                    .optional(deployment.release.isEmpty ? nil : deployment.release),
                    .optional(deployment.current?.name), .list(deployment.artifacts.map(\.value)),
                    count(deployment.replicas.ready), count(deployment.replicas.wanted),
                    .list(deployment.traffic.map { "\($0.release) \(Figures.short($0.percent))%" }),
                    .optional(deployment.since), .optional(deployment.since.map { max(0, snapshot.at.since($0)) }),
                    .optional(deployment.changedBy), .text(deployment.status.word),
                    .optional(deployment.message.isEmpty ? nil : deployment.message),
                    .optional(deployment.managedBy), .optional(state.operation),
                    .optional(state.proof?.verdict.word), .list(state.quarantine),
                    .optional(state.advice?.word.rawValue),
                    .flag(state.isStale),
                ]
            }, emptyText: "no deployments: no connection of this configuration holds any")
    }

    static func revisions(_ state: DeploymentState) -> Report {
        Report(
            columns: [
                .init(key: "label", title: "REVISION"), .init(key: "current", title: "NOW"),
                .init(key: "name", title: "NAME", isWide: true), .init(key: "number", title: nil),
                .init(key: "created_at", title: "CREATED"), .init(key: "author", title: "BY"),
                .init(key: "replicas", title: "REPLICAS"), .init(key: "restorable", title: "RESTORABLE"),
                .init(key: "artifacts", title: "IMAGE / MODEL"), .init(key: "cause", title: "CAUSE"),
                .init(key: "note", title: "NOTE"),
            ],
            rows: (state.revisions ?? []).map { revision in
                [
                    .text(revision.label), .flag(revision.isCurrent), .text(revision.id.name), count(revision.number),
                    .optional(revision.createdAt), .optional(revision.author), count(revision.replicas),
                    .flag(revision.isRestorable), .list(revision.artifacts.map(\.value)),
                    .optional(revision.cause.isEmpty ? nil : revision.cause),
                    .optional(revision.note.isEmpty ? nil : revision.note),
                ]
            }, emptyText: "no revisions are kept of \(state.id.path)")
    }

    static func operations(_ entries: [JournalEntry]) -> Report {
        Report(
            columns: [
                .init(key: "id", title: "OPERATION"), .init(key: "verb", title: "VERB"),
                .init(key: "subject", title: "OF"), .init(key: "stage", title: "STAGE"),
                .init(key: "author", title: "BY"), .init(key: "requested_at", title: "ASKED"),
                .init(key: "stage_at", title: nil), .init(key: "reason", title: "WHY"),
                .init(key: "from", title: nil), .init(key: "to", title: nil),
                .init(key: "connection", title: "IN", isWide: true), .init(key: "detail", title: "DETAIL"),
            ],
            rows: entries.map { entry in
                let (operation, plan) = (entry.operation, entry.operation.request.plan)
                return [
                    .text(operation.id), .text(operation.request.word),
                    .text(plan?.request.deployment.path ?? operation.connection.description),
                    .text(entry.stage.rawValue), .text(operation.author), .time(operation.at), .time(entry.at),
                    .text(operation.reason), .optional(plan?.before.release), .optional(plan?.target?.label),
                    .text(operation.connection.description), .text(entry.detail),
                ]
            }, emptyText: "nothing was asked of any server yet")
    }

    static func audit(_ entries: [AuditEntry]) -> Report {
        Report(
            columns: [
                .init(key: "sequence", title: "LINE"), .init(key: "at", title: "AT"), .init(key: "author", title: "BY"),
                .init(key: "identity", title: "AS", isWide: true), .init(key: "what", title: "WHAT"),
                .init(key: "subject", title: "SUBJECT"), .init(key: "detail", title: "DETAIL"),
                .init(key: "hash", title: "HASH", isWide: true),
            ],
            rows: entries.map { entry in
                [
                    .count(Int(entry.sequence)), .time(entry.at), .text(entry.author),
                    .optional(entry.identity.isEmpty ? nil : entry.identity), .text(entry.what), .text(entry.subject),
                    .text(entry.detail), .text(entry.hash),
                ]
            }, emptyText: "nobody has done anything yet")
    }

    private static func count(_ value: Int?) -> Report.Value { value.map { .count($0) } ?? .none }
}

/// A plan as a person reads it before saying yes.
enum PlanText {
    static func lines(_ plan: DeploymentPlan) -> [String] {
        let request = plan.request
        var lines = ["\(request.verb.rawValue) \(request.deployment.path)" + arrow(plan)]
        for change in plan.changes.prefix(40) {
            lines.append("  \(change.path): \(change.before ?? "(nothing)") -> \(change.after ?? "(nothing)")")
        }
        if plan.changes.count > 40 { lines.append("  and \(plan.changes.count - 40) changes more") }
        if !plan.preconditions.isEmpty { lines.append("only while: \(plan.preconditions.joined(separator: ", "))") }
        switch plan.permission {
        case .allowed: lines.append("permission: the server allows it")
        case .denied(let words): lines.append("permission: DENIED: \(words)")
        case .unknown: lines.append("permission: not known")
        }
        var reach: [String] = []
        if let replicas = plan.blastReplicas { reach.append("\(replicas) replicas are replaced") }
        if let traffic = plan.blastTraffic { reach.append("\(Figures.short(traffic * 100)) % of the traffic") }
        if !reach.isEmpty { lines.append("reach: \(reach.joined(separator: ", "))") }
        if let readiness = plan.readiness {
            let time = readiness.secondsToServe.map { ", about \(Figures.duration($0)) to serve" } ?? ""
            lines.append("the target is \(readiness.warmth.rawValue)\(time)")
            lines += readiness.words.map { "  \($0)" }
        }
        if let judged = plan.judged { lines.append("judged by people: \(judged.joined(separator: "; "))") }
        for concern in plan.concerns {
            lines.append("\(concern.blocks ? "STOPS IT" : "note"): \(concern.words)")
        }
        return lines
    }

    private static func arrow(_ plan: DeploymentPlan) -> String {
        let before = plan.before.release.isEmpty ? plan.before.current?.name ?? "" : plan.before.release
        if let target = plan.target { return ": \(before) -> \(target.label)" }
        if case .scaled(let count) = plan.expectation {
            return ": \(plan.before.replicas.wanted.map(String.init) ?? "--") -> \(count) replicas"
        }
        return before.isEmpty ? "" : " (\(before))"
    }
}
