import PitGrid

/// A list of which one row can be shown whole, in place of the list, and scrolled.
protocol WholeRowScreen: RowScreen {
    /// Whether one is shown whole.
    var isOpen: Bool { get set }
    var scroll: TextViewState { get set }
    /// The room that the whole one is drawn in.
    var readingRoom: Size { get }
    /// The selected row whole; nil when none is selected.
    func whole(_ world: World) -> [[Segment]]?
}

extension WholeRowScreen {
    static func open(help: String) -> Command<Self> {
        Command("open", "enter", "right", title: "open", help: help, hint: 8, availability: needsRow) { screen, _ in
            screen.isOpen.toggle()
            screen.scroll = TextViewState()
            return []
        }
    }

    static var readOn: Command<Self> {
        Command(
            "read-on", "space", "ctrl-f", title: "read on", help: "Scroll the \(rowNoun) that is shown whole.",
            availability: isRead
        ) { screen, world in screen.read(1, world) }
    }

    static var readBack: Command<Self> {
        Command(
            "read-back", "backspace", "ctrl-b", title: "read back", help: "Scroll it back.", availability: isRead
        ) { screen, world in screen.read(-1, world) }
    }

    private static func isRead(_ screen: Self, _ world: World) -> Availability {
        screen.isOpen ? .available : .refused(because: "no \(rowNoun) is shown whole: enter opens one")
    }

    private mutating func read(_ pages: Int, _ world: World) -> [Effect] {
        guard let lines = whole(world) else { return [] }
        let room = readingRoom
        TextView(lines).scroll(by: pages * max(1, room.height - 2), &scroll, size: room)
        return []
    }
}
