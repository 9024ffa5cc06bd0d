import PitGrid
import PitModel

/// What is done about one alert, or about all that are marked.
extension AlertsScreen {
    static let mark = Command<Self>(
        "mark", "space", title: "mark",
        help: "Mark the alert, or take the mark away: the verbs are for all that are marked.",
        hint: 5, availability: needsRow
    ) { screen, _ in
        screen.table.toggleMark()
        return screen.move { $0.move(1, count: $1, id: $2) }
    }

    static let group = Command<Self>(
        "group", "*", title: "group",
        help: "Mark what belongs together: the same alert, pressed again the same model, once more nothing.", hint: 6,
        availability: needsRow
    ) { screen, _ in
        guard let chosen = screen.selected else { return [] }
        let shown = screen.order.map { screen.alerts[$0] }
        func ids(_ isIn: (AlertState) -> Bool) -> Set<String> { Set(shown.lazy.filter(isIn).map(\.id)) }
        let same = ids { $0.alert.name == chosen.alert.name }
        let ofModel = chosen.model.map { model in ids { $0.model == model } } ?? []
        let marked = screen.table.marked
        if marked != same, marked != ofModel || ofModel.isEmpty {
            screen.table.marked = same
        } else if marked == same, !ofModel.isEmpty, ofModel != same {
            screen.table.marked = ofModel
        } else {
            screen.table.marked = []
        }
        let count = screen.table.marked.count
        return [.toast(Notice(.ok, count == 0 ? "nothing is marked" : "\(count) marked"))]
    }

    static let unmark = Command<Self>(
        "unmark", "u", title: "unmark", help: "Take all marks away.",
        availability: { screen, _ in
            screen.table.marked.isEmpty ? .refused(because: "nothing is marked") : .available
        }
    ) { screen, _ in
        screen.table.marked = []
        return []
    }

    static let nextOpen = Command<Self>(
        "next", "n", title: "next", help: "Select the next alert that nobody has acknowledged.", availability: needsRow
    ) { screen, _ in screen.step(1) }

    static let previousOpen = Command<Self>(
        "previous", "p", title: "previous", help: "Select the alert before that nobody has acknowledged.",
        availability: needsRow
    ) { screen, _ in screen.step(-1) }

    private mutating func step(_ direction: Int) -> [Effect] {
        var at = table.selected + direction
        while order.indices.contains(at) {
            let state = alerts[order[at]]
            if state.isOpen, state.acknowledgement == nil {
                offset = 0
                return move { $0.select(at, count: $1, id: $2) }
            }
            at += direction
        }
        return [.toast(Notice(.notice, "no other open alert \(direction > 0 ? "below" : "above")"))]
    }

    static let acknowledge = Command<Self>(
        "acknowledge", "a", title: "ack", help: "Acknowledge, or take that back. It holds until the alert resolves.",
        hint: 8, isMutating: true, availability: needsRow
    ) { screen, _ in
        let targets = screen.targets
        let open = targets.filter { $0.acknowledgement == nil }
        return [
            open.isEmpty
                ? .acts(.unacknowledge, subjects: targets.map(\.id)) : .acts(.acknowledge, subjects: open.map(\.id))
        ]
    }

    static let acknowledgeWithNote = Command<Self>(
        "acknowledge-with-note", "A", title: "ack+note", help: "Acknowledge, with one note on all.", isMutating: true,
        availability: needsRow
    ) { screen, _ in
        [
            .ask(
                Question(
                    "acknowledge", title: "Acknowledge \(screen.words)",
                    body: ["It holds until the alert resolves. The note stays with it."],
                    fields: [.init("text", "Note", isRequired: true)], verb: "Acknowledge"))
        ]
    }

    static let claim = Command<Self>(
        "claim", "C", title: "claim", help: "Say that you work on it, or that you no longer do.", hint: 6,
        isMutating: true, availability: needsRow
    ) { screen, world in
        let targets = screen.targets
        let others = targets.filter { $0.owner != world.settings.author }
        return [
            others.isEmpty ? .acts(.unclaim, subjects: targets.map(\.id)) : .acts(.claim, subjects: others.map(\.id))
        ]
    }

    static let handOver = Command<Self>(
        "hand-over", "H", title: "hand over", help: "Hand it over to somebody else.", isMutating: true,
        availability: needsRow
    ) { screen, _ in
        [
            .ask(
                Question(
                    "hand-over", title: "Hand over \(screen.words)",
                    body: ["The name stands in OWNER. Tell them: this does not."],
                    fields: [.init("to", "To", placeholder: "a name", isRequired: true), .init("text", "Note")],
                    verb: "Hand over"))
        ]
    }

    static let note = Command<Self>(
        "note", "N", title: "note", help: "Write a note: one for all that are marked.", hint: 4, isMutating: true,
        availability: needsRow
    ) { screen, _ in
        [
            .ask(
                Question(
                    "note", title: "A note on \(screen.words)", fields: [.init("text", "Note", isRequired: true)],
                    verb: "Save"))
        ]
    }

    static let noise = Command<Self>(
        "noise", "!", title: "noise",
        help: "Say that it was noise this time, or that it was not: its history counts them.",
        isMutating: true, availability: needsRow
    ) { screen, _ in
        let targets = screen.targets
        let others = targets.filter { $0.noise == nil }
        return [
            others.isEmpty ? .acts(.notNoise, subjects: targets.map(\.id)) : .acts(.noise, subjects: others.map(\.id))
        ]
    }

    static let silence = Command<Self>(
        "silence", "x", title: "silence", help: "Silence it: for how long, why, and by which labels.",
        hint: 7, isMutating: true,
        availability: { screen, world in
            guard let alert = screen.selected else { return .refused(because: "no alert is selected") }
            let connection = screen.silencer(of: alert, world)
            return connection == nil ? .refused(because: "no Alertmanager is connected") : .available
        }
    ) { screen, world in
        let targets = screen.targets
        guard let first = targets.first, let connection = screen.silencer(of: first, world) else { return [] }
        return [.ask(SilenceQuestion.make(for: targets, on: connection, world))]
    }

    /// What the verbs are for, in words.
    private var words: String {
        let targets = targets
        return targets.count == 1 ? targets[0].alert.name : "\(targets.count) alerts"
    }
}
