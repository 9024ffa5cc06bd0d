import PitGrid
import PitModel

/// What a command that works everywhere is given: the screen it was asked on.
public struct GlobalState: Sendable {
    let screen: any Screen
    init(_ screen: any Screen) { self.screen = screen }

    /// Seconds that `[` goes back, and `{`.
    static let step = 60.0
    static let leap = 600.0

    static func commands(_ screens: [any Screen.Type]) -> [Command<GlobalState>] {
        var all: [Command<GlobalState>] = []
        for type in screens {
            let about = type.about
            guard let key = about.key else { continue }
            var command = Command<GlobalState>(
                about.id, title: about.title, help: "Open \(about.title): \(about.summary)"
            ) { _, _ in
                [.open(screen: about.id)]
            }
            command.keys = [key]
            all.append(command)
        }
        return all + [
            palette, help, filter, earlier, later, muchEarlier, muchLater, live, pitStop, stopGuard, ask, freeze,
            themes,
            refresh,
            redraw, suspend, back, quit,
        ]
    }

    // The overlays are opened by the console itself, which knows these ids.
    static let palette = Command<GlobalState>(
        "palette", ":", "ctrl-p", title: "command", help: "Find any command by a few of its letters.", hint: 3
    ) { _, _ in [] }
    static let help = Command<GlobalState>(
        "help", "?", "f1", title: "help", help: "Show every key that works here.", hint: 9
    ) { _, _ in [] }
    static let filter = Command<GlobalState>(
        "filter", "/", title: "filter", help: "Show only rows that contain what you type; Esc takes it away.", hint: 6,
        availability: { state, _ in
            (state.screen as? any FilteredScreen)?.showsRows == true
                ? .available : .refused(because: "this screen has no rows to filter")
        }
    ) { _, _ in [] }

    static let earlier = Command<GlobalState>(
        "earlier", "[", title: "back 1 min", help: "Rewind everything by a minute."
    ) { _, world in
        rewind(world, -step)
    }
    static let later = Command<GlobalState>("later", "]", title: "forward 1 min", help: "Go forward by a minute.") {
        _, world in
        rewind(world, step)
    }
    static let muchEarlier = Command<GlobalState>(
        "much-earlier", "{", title: "back 10 min", help: "Rewind everything by ten minutes."
    ) { _, world in
        rewind(world, -leap)
    }
    static let muchLater = Command<GlobalState>(
        "much-later", "}", title: "forward 10 min", help: "Go forward by ten minutes."
    ) { _, world in
        rewind(world, leap)
    }
    static let live = Command<GlobalState>(
        "live", "L", title: "live", help: "Return from the past to now.",
        availability: { _, world in world.isLive ? .refused(because: "this is live already") : .available }
    ) { _, _ in [.rewind(to: nil)] }

    private static func rewind(_ world: World, _ seconds: Double) -> [Effect] {
        let target = world.shown.advanced(by: seconds)
        return target >= world.now ? (world.isLive ? [] : [.rewind(to: nil)]) : [.rewind(to: target)]
    }

    static let stopGuard = Command<GlobalState>(
        "stop-guard", "K", title: "stop guard",
        help: "Stop the automatic guard that counts down to a rollback: the release is then left alone.",
        isMutating: true,
        availability: { _, world in
            world.counts.guardDue == nil ? .refused(because: "no guard counts down") : .available
        }
    ) { _, world in
        let counting = world.snapshot.deployments.filter { $0.guardDue != nil }.map(\.id)
        return counting.map { .stopGuard($0) }
            + [.toast(Notice(.notice, "stopping the guard of \(counting.map(\.path).joined(separator: ", "))"))]
    }

    static let ask = Command<GlobalState>(
        "ask", "ctrl-k", title: "ask", help: "Ask your runbooks; or type :ask and the question."
    ) { _, _ in [.open(screen: AskScreen.about.id), .ask(AskScreen.form(""))] }

    static let freeze = Command<GlobalState>(
        "freeze", "ctrl-s", title: "freeze", help: "Hold the display still, or let it go on; polling goes on meanwhile."
    ) { _, _ in [] }
    static let themes = Command<GlobalState>(
        "theme", "T", title: "theme", help: "Choose a theme; it is shown while you move."
    ) { _, _ in [] }
    static let refresh = Command<GlobalState>("refresh", "r", title: "refresh", help: "Poll every connection now.") {
        _, _ in
        [.poll(nil), .toast(Notice(.ok, "polling all connections"))]
    }
    static let redraw = Command<GlobalState>("redraw", "ctrl-l", title: "redraw", help: "Paint the whole screen anew.")
    { _, _ in [.redraw] }
    static let suspend = Command<GlobalState>(
        "suspend", "ctrl-z", title: "suspend", help: "Stop pitwall and return to the shell; fg brings it back."
    ) {
        _, _ in [.suspend]
    }
    static let back = Command<GlobalState>(
        "back", "esc", title: "back", help: "Leave the filter, the past, or the screen."
    ) { _, _ in [.back] }
    static let quit = Command<GlobalState>("quit", "q", "ctrl-c", title: "quit", help: "Leave pitwall.") { _, world in
        let open = world.snapshot.operations.filter { !$0.stage.isFinal }
        guard !open.isEmpty else { return [.quit] }
        return [
            .ask(
                Question(
                    "quit",
                    title:
                        "Leave while \(open.count == 1 ? "an operation is" : "\(open.count) operations are") not settled?",
                    body: ["It is in the journal: the next start checks whether it came true."], verb: "Quit",
                    isMutating: false))
        ]
    }
}
