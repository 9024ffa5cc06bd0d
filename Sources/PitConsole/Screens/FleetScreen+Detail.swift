import PitGrid
import PitModel

extension FleetScreen {
    /// What is the matter with the selected model, since which change, and what it is consistent with.
    func drawDetail(_ model: ModelState, _ world: World, in area: Rect, on frame: inout Frame) {
        frame.line(area.row(0))
        frame.text(
            " \(model.name.description) ", in: Rect(area.x + 2, area.y, area.width - 4, 1),
            ink: Ink(.title, strong: true))
        let calm = model.health == .unknown ? "nothing is known yet" : "nothing is the matter"
        let why = model.why.isEmpty ? calm : model.why
        let seen = model.seenAt.map { "  (seen \(Figures.age(world.age($0))) ago)" } ?? ""
        frame.text(
            SafeText("\(model.health.word): \(why)\(seen)"), in: area.row(1).inset(x: 1, y: 0),
            ink: Ink(model.health == .ok ? .dim : model.health.role))
        let change = model.lastChange ?? world.snapshot.events.last { $0.model == nil || $0.model == model.name }
        let words =
            change.map { "last change: \($0.title), \(Figures.age(world.age($0.at))) ago" } ?? "no change is known"
        frame.text(SafeText(words), in: area.row(2).inset(x: 1, y: 0), ink: Ink(.dim))
        guard let blame = model.blame.first else { return }
        let more = model.blame.count > 1 ? ", and \(model.blame.count - 1) more" : ""
        frame.text(
            SafeText("consistent with \(blame.kind.words): \(blame.evidence)\(more)"),
            in: area.row(3).inset(x: 1, y: 0), ink: Ink(.warn))
    }
}
