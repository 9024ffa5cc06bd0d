import PitGrid
public import PitModel

/// What leads from an alert to what it is about.
extension AlertsScreen {
    static let open = Command<Self>(
        "open", "enter", title: "open",
        help: "Open the alert: all that is known of it, and when it fired before. Again: its model.", hint: 7,
        availability: needsRow
    ) { screen, world in
        guard screen.isOpened else {
            (screen.isOpened, screen.offset) = (true, 0)
            return []
        }
        return screen.toModel(world)
    }

    static let model = Command<Self>(
        "model", "m", title: "model", help: "Open the model that the alert is about.", hint: 5,
        availability: needsModel
    ) { screen, world in screen.toModel(world) }

    static let runbook = Command<Self>(
        "runbook", "o", title: "runbook", help: "Copy the runbook's address.",
        availability: { screen, _ in
            screen.selected?.alert.runbook == nil ? .refused(because: "the alert has no runbook") : .available
        }
    ) { screen, _ in screen.selected?.alert.runbook.map { [.copy($0)] } ?? [] }

    static let exchanges = Command<Self>(
        "exchanges", "e", title: "exchanges",
        help: "Read the recent exchanges that it is about: its model's, with what its detector found.", hint: 4,
        availability: { screen, _ in
            screen.selected.flatMap { $0.model ?? $0.alert.labels["model"].map(ModelName.init) } == nil
                ? .refused(because: "the alert names no model") : .available
        }
    ) { screen, _ in
        guard let state = screen.selected else { return [] }
        let query = InteractionQuery(
            model: state.model ?? state.alert.labels["model"].map(ModelName.init),
            finding: state.alert.labels["detector"])
        return [.open(screen: "exchanges", subject: query.subject)]
    }

    private static func needsModel(_ screen: Self, _ world: World) -> Availability {
        screen.selected?.model == nil
            ? .refused(because: "the alert names no model that is configured") : .available
    }

    private func toModel(_ world: World) -> [Effect] {
        guard let model = selected?.model else {
            return [.toast(Notice(.warn, "the alert names no model that is configured"))]
        }
        return [.open(screen: "model", subject: model.description)]
    }

    /// Pages go through an opened alert, and through the list otherwise; whoever moves to another alert begins at its
    /// top.
    static func scrolling(_ command: Command<Self>) -> Command<Self> {
        var changed = command
        let (id, run) = (command.id, command.run)
        changed.run = { screen, world in
            guard screen.isOpened, ["page-down", "page-up"].contains(id) else {
                screen.offset = 0
                return run(&screen, world)
            }
            let most = max(0, screen.openedLines(world) - 5)
            screen.offset = min(most, max(0, screen.offset + (id == "page-down" ? 10 : -10)))
            return []
        }
        return changed
    }

    public mutating func close() -> Bool {
        defer { (isOpened, offset) = (false, 0) }
        return isOpened
    }

    public var detail: String { isOpened ? selected?.alert.name ?? "" : "" }

    public func wantsAlerts(_ world: World) -> [AlertQuery] {
        guard isOpened, let selected else { return [] }
        return [AlertQuery(selected.id)]
    }
}
