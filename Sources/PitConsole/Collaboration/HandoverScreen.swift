public import PitGrid
import PitModel

/// What the next shift must know, as of now and since eight hours ago; `y` copies it as Markdown.
public struct HandoverScreen: ScrolledScreen {
    public static let about = ScreenInfo(
        id: "handover", title: "Hand-over", key: nil,
        summary: "what the next shift must know: alerts and whose they are, changes, proofs, freezes, labels.")
    public static let commands: [Command<Self>] = scrolling + [longer, shorter, copy]

    /// Hours that it looks back.
    static let spans = [1, 4, 8, 12, 24, 72]
    var span = 2
    var scroll = 0
    private var size = Size(80, 21)

    public init() {}

    public var detail: String { "the last \(hours) h" }
    public mutating func fit(_ size: Size) { self.size = size }
    public mutating func settle(on world: World) { span = min(max(0, span), Self.spans.count - 1) }

    private var hours: Int { Self.spans[min(max(0, span), Self.spans.count - 1)] }

    func handover(_ world: World) -> Handover {
        let since = world.shown.advanced(by: -Double(hours) * 3600)
        return Handover(
            world.snapshot, since: since, author: world.settings.author,
            entries: world.snapshot.audit.filter { $0.at >= since })
    }

    func lines(_ world: World, width: Int) -> [[Segment]] {
        let most = 2000
        return TextFolding.lines(
            handover(world).markdown, [], .rendered, ink: Ink(), width: max(1, width), limit: most
        ).map(\.segments)
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        for (y, line) in lines(world, width: area.width - 2).dropFirst(scroll).prefix(area.height).enumerated() {
            frame.write(line, in: area.row(y).inset(x: 1, y: 0))
        }
        frame.cursor = Point(area.x, area.y)
    }

    mutating func scroll(by rows: Int, _ world: World) {
        let count = lines(world, width: size.width - 2).count
        scroll = max(0, min(scroll + rows, count - size.height))
    }

    var page: Int { max(1, size.height - 1) }

    private static let longer = Command<Self>(
        "longer", "+", title: "longer", help: "Look further back.", hint: 6,
        availability: { screen, _ in
            screen.span + 1 < spans.count ? .available : .refused(because: "it looks back three days at most")
        }
    ) { screen, _ in
        screen.span += 1
        screen.scroll = 0
        return []
    }
    private static let shorter = Command<Self>(
        "shorter", "-", title: "shorter", help: "Look less far back.", hint: 6,
        availability: { screen, _ in
            screen.span > 0 ? .available : .refused(because: "it looks back an hour at least")
        }
    ) { screen, _ in
        screen.span -= 1
        screen.scroll = 0
        return []
    }
    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy it as Markdown; pitwall handover writes it to a file.", hint: 8
    ) { screen, world in [.copy(screen.handover(world).markdown)] }
}
