/// What each section of a dossier says, a line each.
extension Dossier {
    static func verdict(_ review: Review) -> [String] {
        review.policies.flatMap { result in
            [
                "policy \(result.policy.name) for alias \(result.policy.alias): \(result.holds ? "fulfilled" : "not fulfilled")"
            ]
                + result.results.map { "\($0.outcome.rawValue): \($0.name): \($0.words)" }
        }
    }

    static func card(_ card: ModelVersionCard) -> [String] {
        let tags = card.tags.filter { !$0.key.hasPrefix("pitwall.") }.sorted { $0.key < $1.key }
        let modelTags = card.modelTags.filter { !$0.key.hasPrefix("pitwall.") }.sorted { $0.key < $1.key }
        return bounded(
            [
                row("description", card.description), row("the model's description", card.modelDescription),
                row("status", card.status), row("registered", card.createdAt?.rfc3339),
                row("registered by", card.author),
                row("aliases", card.aliases.isEmpty ? "none" : card.aliases.joined(separator: ", ")),
                row("tags", tags.isEmpty ? nil : "\(tags.count)"),
            ] + tags.map { "tag \($0.key): \($0.value)" } + modelTags.map { "tag \($0.key) of the model: \($0.value)" })
    }

    static func lineage(_ card: ModelVersionCard) -> [String] {
        var lines = [row("source", card.source), row("logged model", card.artifact)]
        let fault = card.runFault.map { "it cannot be read: \($0.summary)" }
        lines.append(row("run", card.runID.map { id in id + (fault.map { " (\($0))" } ?? "") }))
        let run = card.run
        lines += [
            row("run's name", run?.name), row("run by", run?.author), row("run's status", run?.status),
            row("run from", run?.startedAt.map { "\($0.rfc3339) to \(run?.endedAt?.rfc3339 ?? "--")" }),
            row("code", tag: ["mlflow.source.name"], card),
            row(
                "revision of the code", tag: ["mlflow.source.git.commit", "git_commit", "commit", "pitwall.revision"],
                card),
            row("repository", tag: ["mlflow.source.git.repoURL", "repository", "repo"], card),
            row("base model", tag: ["base_model"], card) == row("base model", nil)
                ? row("base model", run?.parameters["base_model"]) : row("base model", tag: ["base_model"], card),
            row(
                "data",
                run.flatMap { $0.datasets.isEmpty ? nil : $0.datasets.joined(separator: "; ") }
                    ?? card.tag(["dataset", "data", "pitwall.data"])?.value),
            row("data's digest", tag: ["data_manifest", "dataset_digest", "pitwall.data.sha256"], card),
            row("prompt", tag: ["prompt", "mlflow.prompt", "pitwall.prompt"], card),
        ]
        // A training that was started from here is told in the version's tags, whatever its program logged.
        let prefix = "pitwall.parameter."
        let given = card.tags.filter { $0.key.hasPrefix(prefix) }
            .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
        lines.append(row("training", tag: ["pitwall.training"], card))
        let parameters = Dictionary(given, uniquingKeysWith: { first, _ in first }).merging(run?.parameters ?? [:]) {
            $1
        }
        lines.append(row("parameters", words(parameters)))
        if let run {
            lines.append(row("metrics of the run", words(run.metrics.mapValues(short))))
        }
        return lines
    }

    private static func words(_ pairs: [String: String]) -> String? {
        let all = pairs.sorted { $0.key < $1.key }
        guard !all.isEmpty else { return nil }
        return all.prefix(40).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            + (all.count > 40 ? ", and \(all.count - 40) more" : "")
    }

    static func evaluations(_ evidence: ReviewEvidence) -> [String] {
        bounded(
            evidence.runs.flatMap { each -> [String] in
                let run = each.run
                let state: String =
                    switch run.state {
                    case .running: "unfinished"
                    case .stopped(_, let why): "stopped: \(why)"
                    case .finished: each.outcome.map { "thresholds \($0.rawValue)" } ?? "no thresholds"
                    }
                let head =
                    "\(run.id) of \((each.finishedAt ?? run.at).rfc3339), \(run.answered) of \(run.total) answered: \(state)"
                let figures = run.figures.filter { each.systems.contains($0.system) && $0.slice == nil }.map { figure in
                    let interval = figure.interval.map { " [\(short($0.lowerBound)), \(short($0.upperBound))]" } ?? ""
                    return
                        "\(run.id): \(figure.system) \(figure.metric) \(short(figure.value))\(interval), n \(figure.cases)"
                }
                let gates = (run.verdict?.lines ?? []).filter { each.systems.contains($0.system) }.map {
                    "\(run.id): gate \($0.outcome.rawValue): \($0.threshold): \($0.words)"
                }
                return [head] + figures + gates
            })
    }

    static func labels(_ evidence: ReviewEvidence) -> [String] {
        var lines = evidence.judged.map { ["answers of \($0.words), 95% interval by Wilson"] } ?? []
        lines += evidence.wins.filter { evidence.releases.contains($0.release) }.map { win in
            "preferred to \(win.against) in \(percent(win.rate)) [\(percent(win.low)), \(percent(win.high))] of \(win.count)"
                + " comparisons"
        }
        if lines.isEmpty, !evidence.quality.isEmpty {
            let others = evidence.quality.compactMap(\.release).joined(separator: ", ")
            lines.append("-- Nobody judged answers of this version; judged were those of \(others).")
        }
        return lines
    }

    static func findings(_ evidence: ReviewEvidence) -> [String] {
        guard let all = evidence.findings else { return [] }
        let days = Int(ReviewEvidence.findingSpan / 86400)
        guard evidence.exchanges > 0 else { return ["-- No exchange of the last \(days) days was looked at."] }
        let head =
            "\(evidence.exchanges) exchanges of \(evidence.model?.description ?? "--") looked at, of whichever version"
        return [head]
            + (all.isEmpty
                ? ["nothing was found in the last \(days) days"]
                : all.map { "\($0.kind): \($0.open) open, \($0.confirmed) called true, \($0.dismissed) called false" })
    }

    /// How groups fare by people's judgements and as a service publishes it, and how far slices of evaluations lie apart.
    static func bias(_ evidence: ReviewEvidence) -> [String] {
        let lines = evidence.bias.map { each in
            each.isPublished ? "published: \(each.attribute): \(each.words)" : "judged: \(each.title): \(each.words)"
        }
        return bounded(lines + evidence.runs.prefix(3).flatMap(gaps))
    }

    /// Of each metric and field the worst and the best slice, where there are several.
    private static func gaps(_ each: ReviewEvidence.VersionRun) -> [String] {
        var groups: [String: [EvaluationFigure]] = [:]
        for figure in each.run.figures where each.systems.contains(figure.system) && figure.value != nil {
            guard let slice = figure.slice else { continue }
            groups["\(figure.system) \(figure.metric) by \(slice.field)", default: []].append(figure)
        }
        return groups.sorted { $0.key < $1.key }.compactMap { name, figures in
            let sorted = figures.sorted { ($0.value ?? 0) < ($1.value ?? 0) }
            guard let low = sorted.first, let high = sorted.last, sorted.count > 1, let a = low.value,
                let b = high.value
            else { return nil }
            let ratio = b > 0 && a >= 0 ? short(a / b) : "--"
            return "\(each.run.id): \(name): \(short(a)) (\(low.slice?.value ?? ""), n \(low.cases)) to \(short(b)) "
                + "(\(high.slice?.value ?? ""), n \(high.cases)), difference \(short(a - b)), ratio \(ratio)"
        }
    }

    static func security(_ evidence: ReviewEvidence) -> [String] {
        let card = evidence.card
        return [
            row("licence", tag: ["license", "licence", "model.license", "spdx"], card),
            row("image", tag: ["image", "container_image", "image_digest", "serving_image"], card),
            row("signature", tag: ["signature", "cosign", "image_signature", "model_signature"], card),
            row("bill of materials", tag: ["sbom", "sbom_digest"], card),
        ]
            + evidence.serving.flatMap(\.artifacts).filter { $0.kind == .image }.map {
                "serves it: image \($0.value), digest \($0.digest ?? "--")"
            }
            + evidence.quarantined.map { "in quarantine: \($0.words), by \($0.author): \($0.reason)" }
    }

    static func drift(_ evidence: ReviewEvidence) -> [String] {
        guard let drift = evidence.drift else { return [] }
        let head =
            "\(drift.drifted) of \(drift.judged) features drifted against \(drift.referenceWords), as of \(drift.at.rfc3339)"
        return bounded(
            [head]
                + drift.features.filter { $0.verdict == .drifted }.map {
                    "\($0.feature.key): \($0.method) \(short($0.score)), limit \(short($0.limit))"
                        + ($0.since.map { ", since \($0.rfc3339)" } ?? "")
                })
    }

    static func deployments(_ evidence: ReviewEvidence) -> [String] {
        let now = evidence.serving.map { each in
            "\(each.id): \(each.status.word)" + (each.since.map { " since \($0.rfc3339)" } ?? "")
                + (each.changedBy.map { ", brought by \($0)" } ?? "")
        }
        let moves = evidence.card.moves.map { move in
            "\(move.at?.rfc3339 ?? "--") alias \(move.alias) from \(move.from) to \(move.to) by \(move.author)"
                + (move.reason.isEmpty ? "" : ": \(move.reason)")
        }
        return bounded(now + moves)
    }

    static func operations(_ receipts: [Receipt], _ operations: [JournalEntry]) -> [String] {
        let proofs = Dictionary(receipts.map { ($0.operation.id, $0.proof) }, uniquingKeysWith: { $1 })
        return bounded(
            operations.map { entry in
                let plan = entry.operation.request.plan
                let way = "\(plan?.before.release ?? "--") to \(plan?.target?.label ?? "--")"
                let proof = proofs[entry.operation.id].map {
                    ", proof: \($0.verdict.word)" + ($0.words.isEmpty ? "" : ", \($0.words)")
                }
                return
                    "\(entry.operation.at.rfc3339) \(entry.operation.request.word) \(plan?.before.id.path ?? "--") \(way) by "
                    + "\(entry.operation.author): \(entry.stage.rawValue)\(proof ?? ", proof: --")"
                    + (entry.operation.reason.isEmpty ? "" : ", because \(entry.operation.reason)")
            })
    }

    static func alerts(_ evidence: ReviewEvidence) -> [String] {
        let firing = (evidence.alerts ?? []).sorted { $0.alert.severity < $1.alert.severity }.map {
            "\($0.alert.name) (\($0.alert.severity.word)) since \($0.alert.startsAt.rfc3339)"
        }
        return bounded(firing + evidence.deaf.map { "-- alerts of \($0) cannot be read now" })
    }

    static func decision(_ fact: ReviewFact) -> String {
        "\(fact.at.rfc3339) \(fact.words)" + (fact.isRemote ? " (by the registry's tag)" : "")
    }

    static func audit(_ entries: [AuditEntry]) -> [String] {
        bounded(
            entries.map { entry in
                "\(entry.sequence) \(entry.at.rfc3339) \(entry.author): \(entry.what) \(entry.subject)"
                    + (entry.detail.isEmpty ? "" : ", \(entry.detail)") + ", SHA-256 \(entry.hash.prefix(12))"
            })
    }
}
