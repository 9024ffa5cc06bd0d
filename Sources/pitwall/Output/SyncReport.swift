import PitEngine
import PitGrid
import PitModel

/// How far other systems are told of judgements, and what stands still, as rows.
enum SyncReport {
    static func states(
        _ states: [AssessmentRouteState], _ rounds: [ConnectionName: AssessmentCourier.Round]
    ) -> Report {
        Report(
            columns: [
                .init(key: "to", title: "TO"), .init(key: "told", title: "TOLD"), .init(key: "taken", title: "TAKEN"),
                .init(key: "brought", title: "BROUGHT", isWide: true),
                .init(key: "closed", title: "CLOSED", isWide: true),
                .init(key: "waiting", title: "WAITING"), .init(key: "refused", title: "REFUSED"),
                .init(key: "conflicts", title: "CONFLICTS"), .init(key: "told_at", title: "LAST TOLD"),
                .init(key: "read_at", title: "LAST READ", isWide: true), .init(key: "next_at", title: nil),
                .init(key: "fault", title: "FAULT"),
            ],
            rows: states.map { state in
                let round = rounds[state.destination]
                return [
                    .text(state.destination.description), .optional(round.map { Double($0.told) }),
                    .optional(round.map { Double($0.taken) }),
                    .optional(round.map { Double($0.brought) }), .optional(round.map { Double($0.closed) }),
                    .count(state.waiting), .count(state.refused),
                    .count(state.conflicts), .optional(state.toldAt), .optional(state.readAt), .optional(state.next),
                    .optional(state.fault),
                ]
            },
            emptyText: "nothing is synced: name connections in the configuration, labeling: {sync: [tracking]}")
    }

    static func errands(_ errands: [AssessmentErrand]) -> Report {
        Report(
            columns: [
                .init(key: "key", title: "KEY"), .init(key: "to", title: "TO"), .init(key: "item", title: "ITEM"),
                .init(key: "question", title: "QUESTION"), .init(key: "author", title: "BY"),
                .init(key: "ours", title: "OURS"), .init(key: "told", title: "TOLD BEFORE", isWide: true),
                .init(key: "theirs", title: "THEIRS"), .init(key: "their_author", title: "THEIR AUTHOR"),
                .init(key: "their_time", title: "CHANGED", isWide: true), .init(key: "why", title: "WHY"),
            ],
            rows: errands.map { errand in
                let judgement = errand.change.judgement
                return [
                    .text(errand.id), .text(errand.destination.description), .text(judgement.item),
                    .text(judgement.question), .text(judgement.author), .optional(judgement.value?.words),
                    .optional(errand.told?.value?.words), .optional(errand.theirs?.value?.words),
                    .optional(errand.theirs?.author), .optional(errand.theirs?.at), .optional(errand.fault),
                ]
            }, emptyText: "nothing stands still")
    }
}
