import PitGrid
import PitModel

/// A screen about one run, of a training or of a pipeline.
protocol OneRunScreen: Screen {
    /// As it was opened.
    var key: RunKey? { get set }
    /// What people call it, once it was read; empty before, and where it has no name.
    var title: [String] { get }
    /// As its server calls it, once it was read.
    func knownKey(_ world: World) -> RunKey?
}

extension OneRunScreen {
    /// Its id is a server's own: it tells nobody anything, and takes the room of the tabs.
    public var detail: String { key.map { RunFigures.short(title.first ?? $0.id) } ?? "" }
    var subject: String { key?.description ?? "" }

    /// Another run begins anew; the same stays as it was looked at.
    public mutating func focus(on subject: String) {
        let key = RunKey(subject)
        guard key != self.key else { return }
        self = Self()
        self.key = key
    }

    static var copy: Command<Self> {
        Command(
            "copy", "y", title: "copy", help: "Copy the run's name in full.",
            availability: { screen, _ in screen.key == nil ? .refused(because: "no run is open") : .available }
        ) { screen, world in
            screen.key.map { [.copy((screen.knownKey(world) ?? $0).description)] } ?? []
        }
    }

    /// Says why no run is shown.
    ///
    /// - Parameter door: how to come to the list of runs.
    func drawAbsence(fault: String?, isRead: Bool, door: String, in area: Rect, on frame: inout Frame) {
        let words =
            key == nil
            ? "No run was opened. \(door)"
            : fault ?? (isRead ? "There is no run \(subject) any more." : "Reading \(subject)...")
        frame.text(
            SafeText(words), in: area.row(area.height / 3), align: .center, ink: Ink(fault == nil ? .dim : .fail))
    }

    /// How it stands, and what is told beside that.
    func drawTitle(_ state: String, _ role: Role, _ words: [String?], in row: Rect, on frame: inout Frame) {
        frame.text(SafeText(" \(state)"), in: row, ink: Ink(role, strong: true))
        let indent = state.count + 3
        frame.text(
            SafeText(words.compactMap { $0 }.joined(separator: "  ")),
            in: Rect(row.x + indent, row.y, max(0, row.width - indent), 1), ink: Ink())
    }
}
