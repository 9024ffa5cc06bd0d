import PitGrid
import PitModel

/// A run of a training or of a pipeline.
protocol KeyedRun: Sendable {
    var key: RunKey { get }
}

extension TrainingRun: KeyedRun {}
extension PipelineRun: KeyedRun {}

/// A list of runs, each of which another screen shows.
protocol RunListScreen: ListScreen {
    associatedtype Run: KeyedRun
    /// After filter and sort.
    var rows: [Run] { get }
}

extension RunListScreen {
    public var rowCount: Int { rows.count }
    public func rowID(_ position: Int) -> String { rows[position].key.description }
    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - 2) }
    public mutating func settle(on world: World) { reorder(world) }

    var selected: Run? { rows.indices.contains(table.selected) ? rows[table.selected] : nil }

    static func needsRow(_ screen: Self, _ world: World) -> Availability {
        screen.selected == nil ? .refused(because: "no run is selected") : .available
    }

    static func open(_ id: String, help: String) -> Command<Self> {
        Command("open", "enter", title: "open", help: help, hint: 9, availability: needsRow) { screen, _ in
            screen.selected.map { [.open(screen: id, subject: $0.key.description)] } ?? []
        }
    }

    static var copy: Command<Self> {
        Command("copy", "y", title: "copy", help: "Copy the run's name in full.", availability: needsRow) { screen, _ in
            screen.selected.map { [.copy($0.key.description)] } ?? []
        }
    }

    /// The line beneath the list: what could not be read, else what there is.
    func drawFoot(_ words: [String?], faults: [String], in line: Rect, on frame: inout Frame) {
        if let fault = faults.first {
            let more = faults.count > 1 ? " (and \(faults.count - 1) more)" : ""
            return frame.text(SafeText(" \(fault)\(more)"), in: line, ink: Ink(.fail))
        }
        let text = words.compactMap { $0 }.joined(separator: "   ")
        frame.text(SafeText(" " + text), in: line, ink: Ink(.dim))
    }
}
