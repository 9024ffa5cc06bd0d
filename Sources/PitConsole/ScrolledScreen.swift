import PitGrid

/// A screen of text that is scrolled by lines and pages.
protocol ScrolledScreen: Screen {
    /// Lines that a page is.
    var page: Int { get }
    /// Scrolls, no further than there is anything.
    mutating func scroll(by lines: Int, _ world: World)
}

extension ScrolledScreen {
    static var scrolling: [Command<Self>] {
        func command(
            _ id: String, _ keys: [Key], _ title: String, _ help: String, hint: Int = 0,
            by lines: @escaping @Sendable (Self) -> Int
        ) -> Command<Self> {
            var command = Command<Self>(id, title: title, help: help, hint: hint) { screen, world in
                screen.scroll(by: lines(screen), world)
                return []
            }
            command.keys = keys
            return command
        }
        return [
            command("down", ["j", "down"], "down", "Scroll down by a line.") { _ in 1 },
            command("up", ["k", "up"], "up", "Scroll up by a line.") { _ in -1 },
            command("page-down", ["pgdn", "space", "ctrl-f"], "scroll", "Scroll down by a page.", hint: 5) { $0.page },
            command("page-up", ["pgup", "ctrl-b"], "scroll up", "Scroll up by a page.") { -$0.page },
        ]
    }
}
