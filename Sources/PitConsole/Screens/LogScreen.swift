public import PitGrid
import PitModel

/// pitwall's own log: what it did, what failed, what was reloaded.
public struct LogScreen: FilteredScreen {
    public static let about = ScreenInfo(
        id: "log", title: "Log", key: "O", summary: "what pitwall itself did and noticed.")
    public static let commands: [Command<Self>] = [down, up, pageDown, pageUp, top, bottom, level]

    public var filter = ""
    var least = LogLine.Level.info
    /// Lines from the end; 0 follows the newest.
    private var back = 0
    private var height = 20
    @Cached private var lines: [LogLine] = []

    public init() {}

    public mutating func fit(_ size: Size) { height = max(1, size.height - 1) }

    public mutating func settle(on world: World) {
        let filter = RowFilter(filter)
        let before = lines.count
        lines = world.snapshot.log.filter {
            $0.level >= least && (filter.isEmpty || filter.matches($0.text, $0.source, $0.level.word))
        }
        // What was scrolled to stays in place while new lines come.
        if back > 0 { back = max(0, min(back + lines.count - before, lines.count - height)) }
    }

    private mutating func scroll(_ by: Int) -> [Effect] {
        back = max(0, min(back - by, max(0, lines.count - height)))
        return []
    }

    private static let down = Command<Self>("down", "j", "down", title: "down", help: "Scroll towards the newest line.")
    { screen, _ in screen.scroll(1) }
    private static let up = Command<Self>(
        "up", "k", "up", title: "up", help: "Scroll back; new lines no longer move the view."
    ) { screen, _ in screen.scroll(-1) }
    private static let pageDown = Command<Self>(
        "page-down", "pgdn", "ctrl-d", title: "page down", help: "Scroll down by a page."
    ) { screen, _ in screen.scroll(screen.height) }
    private static let pageUp = Command<Self>(
        "page-up", "pgup", "ctrl-u", title: "page up", help: "Scroll up by a page."
    ) { screen, _ in screen.scroll(-screen.height) }
    private static let top = Command<Self>("top", "g g", "home", title: "oldest", help: "Go to the oldest line.") {
        screen, _ in screen.scroll(-100_000)
    }
    private static let bottom = Command<Self>(
        "bottom", "G", "end", title: "follow", help: "Follow the newest line.", hint: 5
    ) { screen, _ in screen.scroll(100_000) }
    private static let level = Command<Self>(
        "level", "v", title: "level", help: "Show only lines of a higher level, round again after errors.", hint: 6
    ) { screen, world in
        let all = LogLine.Level.allCases
        screen.least = all[((all.firstIndex(of: screen.least) ?? 0) + 1) % all.count]
        screen.back = 0
        screen.settle(on: world)
        return []
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        let (head, rest) = area.splitTop(1)
        let mode = back == 0 ? "following" : "\(back) lines back; G follows"
        frame.text(
            SafeText(
                " \(least.word) and worse   \(lines.count) lines   \(mode)\(filter.isEmpty ? "" : "   filter: \(filter)")"
            ), in: head, ink: Ink(.dim))
        var room = rest
        for problem in world.problems.prefix(6) {
            let (row, below) = room.splitTop(1)
            frame.text(SafeText(" \(problem)"), in: row, ink: Ink(.fail))
            room = below
        }
        guard !lines.isEmpty else {
            frame.text("Nothing to tell at this level.", in: room.row(1).inset(x: 2, y: 0), ink: Ink(.dim))
            return
        }
        let end = max(0, lines.count - back)
        let shown = lines[max(0, end - room.height)..<end]
        for (y, line) in shown.enumerated() {
            let row = room.row(y)
            let role: Role =
                line.level == .error ? .fail : line.level == .warning ? .warn : line.level == .notice ? .notice : .dim
            frame.text(SafeText(world.clock(line.at)), in: Rect(row.x + 1, row.y, 8, 1), ink: Ink(.dim))
            frame.text(
                SafeText(line.level.word), in: Rect(row.x + 11, row.y, 7, 1),
                ink: Ink(role, strong: line.level >= .warning))
            frame.text(SafeText(line.source), in: Rect(row.x + 19, row.y, 10, 1), ink: Ink(.dim))
            frame.text(SafeText(line.text), in: Rect(row.x + 30, row.y, row.width - 31, 1), ink: Ink())
        }
        frame.cursor = Point(room.x, room.y + max(0, shown.count - 1))
    }
}
