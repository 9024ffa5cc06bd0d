import PitGrid
import PitModel

/// The revisions of one deployment, the newest first, with what each brought.
struct RevisionList {
    let state: DeploymentState
    let world: World
    let revisions: [Revision]?

    /// - Parameter shown: those that a filter leaves; nil: all.
    init(_ state: DeploymentState, _ world: World, showing shown: [Revision]? = nil) {
        (self.state, self.world) = (state, world)
        revisions = shown ?? state.revisions
    }

    /// - Parameters:
    ///   - selected: the position that the keys go to; nil where they do not.
    ///   - marked: revisions chosen to be compared, by name.
    func draw(selected: Int?, marked: Set<String>, in area: Rect, on frame: inout Frame) {
        guard let revisions, !revisions.isEmpty else { return drawNone(in: area, on: &frame) }
        let first = max(0, min((selected ?? 0) - area.height / 2, revisions.count - area.height))
        let labels = min(16, max(4, revisions.prefix(100).map { SafeText($0.title).columns }.max() ?? 4))
        for (line, revision) in revisions.dropFirst(first).prefix(area.height).enumerated() {
            let position = first + line
            let isSelected = position == selected
            let row = area.row(line)
            let ground: Ground = isSelected ? .selection : .page
            if isSelected { frame.fill(row, ink: Ink(on: ground)) }
            let mark: SafeText = marked.contains(revision.id.name) ? (frame.glyphs == .unicode ? "✓" : "*") : " "
            let pointer: SafeText = isSelected ? SafeText(String(frame.glyphs.pointer)) : " "
            let change = change(revision, frame.glyphs)
            let role: Role = revision.isRestorable || revision.isCurrent ? .text : .dim
            let segments = [
                Segment(pointer, .focus), Segment(mark, .key, strong: true),
                Segment(padded(revision.title, labels), Ink(role, strong: revision.isCurrent)), Segment("  "),
                now(revision, frame.glyphs), Segment("  "),
                Segment(padded(Figures.age(world.age(revision.createdAt)), 4), .dim), Segment("  "),
                Segment(padded(revision.author ?? Figures.missing, 14), .dim), Segment("  "),
                Segment(SafeText(change), role),
            ]
            frame.write(segments, in: row, ground: isSelected ? ground : nil)
            if selected != nil { frame.listen(row, "deployment.select", row: position) }
            if isSelected { frame.cursor = Point(row.x, row.y) }
        }
    }

    /// Told by its place among all, whatever the filter leaves.
    private func change(_ revision: Revision, _ glyphs: Glyphs) -> String {
        let all = state.revisions ?? []
        guard let place = all.firstIndex(where: { $0.id == revision.id }) else { return revision.cause }
        return RevisionWords.change(all, place, state.changes[revision.id], glyphs)
    }

    /// What it runs now: the current one, warm ones, ones that are gone.
    private func now(_ revision: Revision, _ glyphs: Glyphs) -> Segment {
        if revision.isCurrent { return Segment(glyphs == .unicode ? "● now " : "+ now ", .ok, strong: true) }
        if !revision.isRestorable { return Segment("gone  ", .dim) }
        if let replicas = revision.replicas, replicas > 0 { return Segment(padded("\(replicas) warm", 6), .notice) }
        return Segment("      ")
    }

    private func drawNone(in area: Rect, on frame: inout Frame) {
        let (words, more): (String, String)
        if let fault = world.revisionsFault(of: state) {
            (words, more) = ("Its revisions could not be read: \(fault.why)", fault.hint)
        } else if revisions == nil, world.inspections[.revisions(state.id)] == .read {
            (words, more) = ("Its revisions are not known.", "\(state.id.connection) does not tell them.")
        } else if revisions == nil {
            (words, more) = ("Reading its revisions.", "")
        } else {
            (words, more) = ("It has no revisions.", "Pitwall records what it sees from now on.")
        }
        frame.text(SafeText(words), in: area.row(0).inset(x: 2, y: 0), ink: Ink(.dim))
        frame.text(SafeText(more), in: area.row(1).inset(x: 2, y: 0), ink: Ink(.dim))
    }

    private func padded(_ text: String, _ columns: Int) -> SafeText {
        let cut = SafeText(text).truncated(to: columns)
        return SafeText(cut.description + String(repeating: " ", count: max(0, columns - cut.columns)))
    }
}
