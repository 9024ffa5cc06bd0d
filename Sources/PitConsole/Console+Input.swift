import PitGrid
import PitModel

extension Console {
    mutating func take(_ input: Input, at time: Double) -> [Effect] {
        switch input {
        case .key(let key):
            toasts.removeAll { $0.until == nil }
            return press(key, at: time)
        case .paste(let text): return paste(text)
        case .click(let point, let count): return click(point, count)
        case .wheel(_, let lines): return overlay == nil ? wheel(lines) : scrollOverlay(lines, at: time)
        case .resize(let size): return resize(size)
        case .focus: return []
        }
    }

    mutating func press(_ key: Key, at time: Double = 0) -> [Effect] {
        if overlay != nil {
            pending = []
            return pressOverlay(key, at: time)
        }
        if pending.isEmpty, hold(key) { return [] }
        let chord = (pending + [key.description]).joined(separator: " ")
        let commands = registry.commands(of: top, world) + registry.globals
        if let command = commands.first(where: { $0.keys.contains { $0.description == chord } }) {
            pending = []
            startedBy = key
            return run(command)
        }
        if commands.contains(where: { $0.keys.contains { $0.description.hasPrefix(chord + " ") } }) {
            pending.append(key.description)
            pendingSince = world.now
            return []
        }
        let wasPending = !pending.isEmpty
        pending = []
        return wasPending ? press(key) : []
    }

    /// Runs a command, unless it would be refused: then says why.
    mutating func run(_ command: AnyCommand) -> [Effect] {
        if case .refused(let why) = command.availability(top, world) {
            toast(Notice(.warn, why))
            return []
        }
        if command.isMutating, let why = refusal {
            toast(Notice(.warn, why))
            return []
        }
        switch command.id {
        case "palette": overlay = .palette(PaletteState())
        case "help": overlay = .help(TextFieldState(), offset: 0)
        case "theme":
            overlay = .themes(
                PaletteState(selecting: world.settings.themes.firstIndex(of: world.settings.theme) ?? 0),
                before: world.settings.theme)
        case "filter": overlay = .filter(TextFieldState((top as? any FilteredScreen)?.filter ?? ""))
        case "freeze":
            if frozenAt == nil { frozenAt = world.now } else { unfreeze() }
        default: return apply(command.run(&stack[stack.count - 1], world))
        }
        return []
    }

    /// Why nothing may be changed now.
    var refusal: String? {
        if world.settings.isReadOnly { return "this is a read-only session" }
        if !world.isLive { return "this is the past: press L to go live first" }
        return nil
    }

    func availability(_ command: AnyCommand) -> Availability {
        if command.isMutating, let why = refusal { return .refused(because: why) }
        return command.availability(top, world)
    }

    private mutating func paste(_ text: String) -> [Effect] {
        switch overlay {
        case .filter(var field):
            field.insert(text)
            return setFilter(field)
        case .palette(var state):
            state.field.insert(text)
            overlay = .palette(state)
        case .question(var state):
            state.paste(text)
            overlay = .question(state)
        case .plan(var state):
            state.paste(text)
            overlay = .plan(state)
        default: toast(Notice(.notice, "nothing here takes a paste"))
        }
        return []
    }

    mutating func setFilter(_ field: TextFieldState) -> [Effect] {
        overlay = .filter(field)
        if var filtered = top as? any FilteredScreen {
            filtered.filter = field.text
            filtered.settle(on: world)
            stack[stack.count - 1] = filtered
        }
        return []
    }

    private mutating func wheel(_ lines: Int) -> [Effect] {
        guard var list = top as? any ListScreen, list.showsRows else {
            return press(Key(lines < 0 ? "up" : "down"))
        }
        _ = list.move { $0.move(lines * 3, count: $1, id: $2) }
        stack[stack.count - 1] = list
        return []
    }

    private mutating func click(_ point: Point, _ count: Int) -> [Effect] {
        if overlay == nil, body.contains(point), var screen = top as? any JudgingScreen,
            let effects = screen.click(Point(point.x - body.x, point.y - body.y), isDrag: false, world)
        {
            stack[stack.count - 1] = screen
            return apply(effects)
        }
        let frame = draw(size)
        guard let spot = frame.hotspot(at: point) else {
            switch overlay {
            case .question, .plan: break
            default: overlay = nil
            }
            return []
        }
        if overlay != nil, let effects = clickOverlay(spot) { return effects }
        let suffix = spot.commandID.split(separator: ".").last.map(String.init) ?? ""
        if var list = top as? any ListScreen, let row = spot.row, suffix == "select" || suffix == "sort" {
            if suffix == "sort" {
                list.sort(byHeader: row, columns: list.headerColumns, world)
                stack[stack.count - 1] = list
                return []
            }
            _ = list.move { $0.select(row, count: $1, id: $2) }
            stack[stack.count - 1] = list
            return count >= 2 ? press("enter") : []
        }
        let commands = registry.commands(of: top, world) + registry.globals
        startedBy = nil
        return commands.first { $0.id == spot.commandID }.map { run($0) } ?? []
    }
}

extension ListScreen {
    /// Columns in the order of the table's own list: what a header's index stands for.
    var headerColumns: [String] { Self.columnIDs }
    static var columnIDs: [String] { sortColumns }
}
