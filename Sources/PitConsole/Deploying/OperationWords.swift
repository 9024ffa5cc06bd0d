import PitGrid
import PitModel

/// An operation of the journal in words.
enum OperationWords {
    /// `prod/support-chat`, or whom a silence was asked of.
    static func subject(_ entry: JournalEntry) -> String {
        entry.operation.request.plan?.before.id.path ?? entry.operation.connection.description
    }

    /// `rollback prod/support-chat`.
    static func title(_ entry: JournalEntry) -> String { "\(entry.operation.request.word) \(subject(entry))" }

    /// `rollback, acknowledged, by ana`.
    static func line(_ entry: JournalEntry) -> String {
        "\(entry.operation.request.word) by \(entry.operation.author): \(entry.stage.words)"
    }

    /// The verification of this very operation.
    static func proof(_ entry: JournalEntry, _ world: World) -> Proof? {
        if case .receipt(let receipt?) = world.inspections[.receipt(operation: entry.operation.id)] {
            return receipt.proof
        }
        guard let id = entry.operation.request.plan?.before.id, let proof = world.deployment(id)?.proof else {
            return nil
        }
        return proof.operation == entry.operation.id ? proof : nil
    }

    /// Everything that is known of it.
    static func whole(_ entry: JournalEntry, _ world: World) -> [[Segment]] {
        let operation = entry.operation
        var lines: [[Segment]] = [[Segment(SafeText(title(entry)), .title, strong: true)]]
        func row(_ name: String, _ text: String, _ role: Role = .text) {
            guard !text.isEmpty else { return }
            let label = name + String(repeating: " ", count: max(1, 14 - name.count))
            lines.append([Segment(SafeText(label), .dim), Segment(SafeText(text), role)])
        }
        row("stage", entry.stage.words, entry.stage.role)
        row("since", world.clock(entry.at))
        row("said", entry.detail)
        row(
            "asked for",
            "\(Figures.day(operation.at.seconds, utcOffset: world.settings.utcOffset)) \(world.clock(operation.at))")
        row("by", operation.author)
        row("why", operation.reason)
        row("on", operation.connection.description)
        if case .receipt(let receipt?) = world.inspections[.receipt(operation: operation.id)] {
            row("the server", receipt.answer)
            row("bad since", receipt.badSince.map { world.clock($0) } ?? "")
        }
        row("id", operation.id)
        if let proof = proof(entry, world) { lines += [[]] + ProofWords.lines(proof, world) }
        if let plan = operation.request.plan {
            lines.append([])
            lines.append(PlanWords.headline(plan, world))
            lines += PlanWords.lines(plan, exchange: true, glyphs: world.settings.glyphs)
        }
        return lines
    }
}

extension JournalEntry.Stage {
    /// What it means, and what comes next.
    var words: String {
        switch self {
        case .recorded: "written down, not sent yet"
        case .awaiting: "waits for a second person to approve it"
        case .approved: "approved, not sent yet"
        case .sent: "sent, no answer yet: its outcome is not known"
        case .acknowledged: "accepted by the server; that is not yet success: its effect is watched for"
        case .verified: "its effect was seen"
        case .contradicted: "the opposite of its effect was seen"
        case .unverified: "no effect was seen in the time given"
        case .refused: "refused, or it could not be sent"
        case .halted: "broken off, known not to be done: finish it with u, or abandon it with X"
        case .abandoned: "given up by a person"
        }
    }
}
