import PitGrid
import PitModel

/// What is asked before a decision about a version is kept, and what follows from the answer.
enum ReviewQuestion {
    static let spans = ["1d", "7d", "30d"]

    static func ask(_ kind: ReviewFact.Kind, _ version: ModelVersionID, _ page: ReviewPage?) -> Effect {
        let open = openRequirements(page)
        var fields: [Question.Field] = []
        if kind == .waive {
            fields += [
                .init("subject", "What", value: open.first ?? "", choices: open, isRequired: true),
                .init("span", "For", value: "7d", placeholder: "12h, 7d", choices: spans, isRequired: true),
            ]
        }
        fields.append(.init("reason", "Why", placeholder: "others read it", isRequired: true, lines: .growing))
        return .ask(
            Question(
                kind.rawValue, title: "\(title(kind)) \(version.path)", body: [words(kind)], fields: fields,
                verb: title(kind)))
    }

    static func openRequirements(_ page: ReviewPage?) -> [String] {
        var seen: Set<String> = ["decision"]
        return (page?.dossier?.policies ?? []).flatMap(\.missing).map(\.name).filter { seen.insert($0).inserted }
    }

    static func answer(_ question: String, _ values: [String: String], _ version: ModelVersionID?) -> [Effect] {
        guard let kind = ReviewFact.Kind(rawValue: question), let version else { return [] }
        let reason = (values["reason"] ?? "").trimmed
        var draft = ReviewDraft(kind, version, reason: reason)
        if kind == .waive {
            guard let span = Figures.seconds(from: values["span"] ?? ""), span > 0, span <= 3660 * 86400 else {
                return [.toast(Notice(.warn, "For: write a time such as 12h or 7d"))]
            }
            (draft.subject, draft.span) = ((values["subject"] ?? "").trimmed, span)
        }
        return [.decide(draft)]
    }

    private static func title(_ kind: ReviewFact.Kind) -> String {
        switch kind {
        case .approve: "Approve"
        case .reject: "Reject"
        case .requestChanges: "Ask for changes of"
        case .waive: "Waive"
        case .retire: "Retire"
        case .reinstate: "Reinstate"
        case .attach: "Attach to"
        }
    }

    private static func words(_ kind: ReviewFact.Kind) -> String {
        let kept = " It is kept in the audit trail and as a tag of the version, where others see it."
        return switch kind {
        case .approve: "You agree that an alias may move to it." + kept
        case .reject: "No alias may move to it until you say otherwise." + kept
        case .requestChanges: "No alias may move to it until you say otherwise." + kept
        case .waive: "The requirement need not hold until then." + kept
        case .retire: "No alias may move to it any more; what uses it goes on. It can be taken back." + kept
        case .reinstate: "It may be used again, where policies let it." + kept
        case .attach: kept
        }
    }
}
