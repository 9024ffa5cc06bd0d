import PitGrid
import PitModel

/// A run of a training or of a pipeline.
protocol KeyedRun: Sendable {
    var key: RunKey { get }
}

extension TrainingRun: KeyedRun {}
extension PipelineRun: KeyedRun {}

/// A list of runs, each of which another screen shows.
protocol RunListScreen: RowScreen where Row: KeyedRun {}

extension RunListScreen {
    static var rowNoun: String { "run" }

    public func rowID(_ position: Int) -> String { rows[position].key.description }
    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - 2) }

    static var copy: Command<Self> {
        Command("copy", "y", title: "copy", help: "Copy the run's name in full.", availability: needsRow) { screen, _ in
            screen.selected.map { [.copy($0.key.description)] } ?? []
        }
    }

    /// Writes the first of several things, and how many more there are; false where there is none.
    func drawFirst(_ all: [String], _ role: Role, in line: Rect, on frame: inout Frame) -> Bool {
        guard let first = all.first else { return false }
        let more = all.count > 1 ? " (and \(all.count - 1) more)" : ""
        frame.text(SafeText(" \(first)\(more)"), in: line, ink: Ink(role))
        return true
    }
}
