import PitGrid
import PitModel

extension Console {
    mutating func pressOverlay(_ key: Key, at time: Double) -> [Effect] {
        switch overlay {
        case .help(var field, let offset):
            switch key.description {
            case "esc", "enter": overlay = nil
            case "?" where field.text.isEmpty, "q" where field.text.isEmpty: overlay = nil
            case "down", "pgdn":
                overlay = .help(
                    field, offset: min(offset + (key == "down" ? 1 : 10), max(0, helpLines(field.text).count - 5)))
            case "up", "pgup": overlay = .help(field, offset: max(0, offset - (key == "up" ? 1 : 10)))
            default:
                if field.handle(key) { overlay = .help(field, offset: 0) }
            }
        case .palette(var state):
            let hits = state.hits(entries(for: state))
            if key == "esc" {
                overlay = nil
            } else if key == "enter" {
                return choose(command: hits, state.selected, typed: state.field.text)
            } else if state.handle(key, count: hits.count) {
                overlay = .palette(state)
            }
        case .themes(var state, let before):
            if key == "esc" {
                overlay = nil
                return apply([.theme(before)])
            }
            if key == "enter" {
                overlay = nil
                return []
            }
            if state.handle(key, count: state.hits(themeEntries).count) {
                overlay = .themes(state, before: before)
                return previewTheme(state)
            }
        case .filter(var field):
            switch key.description {
            case "enter", "down", "tab": overlay = nil
            case "esc":
                _ = setFilter(TextFieldState())
                overlay = nil
            default: if field.handle(key) { return setFilter(field) }
            }
        case .question(var state):
            let outcome = state.press(key)
            return settle(state, outcome)
        case .plan(let state): return pressPlan(state, key, at: time)
        case nil: break
        }
        return []
    }

    private mutating func settle(_ state: QuestionState, _ outcome: QuestionState.Outcome) -> [Effect] {
        overlay = .question(state)
        switch outcome {
        case .open: return []
        case .edit(let text): return [.edit(text, question: state.question.id)]
        case .cancelled:
            overlay = nil
            return []
        case .confirmed:
            if state.question.isMutating, let why = refusal {
                overlay = nil
                toast(Notice(.warn, why))
                return []
            }
            if state.question.id == "quit" {
                overlay = nil
                return [.quit]
            }
            var screen = top
            let effects = screen.answer(state.question.id, state.values, world)
            // An answer that cannot be taken comes back as a warning, and the question stays.
            if effects.count == 1, case .toast(let notice) = effects[0], notice.kind == .warn {
                var again = state
                again.complain(notice.text)
                overlay = .question(again)
                return []
            }
            overlay = nil
            stack[stack.count - 1] = screen
            return apply(effects)
        }
    }

    /// What was written elsewhere stands in the question that it was written for, still to be confirmed.
    mutating func takeEdited(_ text: String, _ question: String) {
        guard case .question(var state) = overlay, state.question.id == question else {
            toast(Notice(.warn, "what you wrote was for a question that is closed, and is not kept"))
            return
        }
        state.set(text)
        overlay = .question(state)
    }

    private mutating func choose(command hits: [PaletteState.Hit], _ index: Int, typed: String) -> [Effect] {
        guard hits.indices.contains(index) else { return [] }
        overlay = nil
        if let question = typedQuestion(typed) { return apply([.open(screen: AskScreen.about.id, subject: question)]) }
        let id = hits[index].entry.id
        startedBy = "enter"
        let all = registry.commands(of: top, world) + registry.globals
        return all.first { $0.id == id }.map { run($0) } ?? []
    }

    private mutating func previewTheme(_ state: PaletteState) -> [Effect] {
        let hits = state.hits(themeEntries)
        guard hits.indices.contains(state.selected) else { return [] }
        return apply([.theme(hits[state.selected].entry.id)])
    }

    /// Nil when the click was for nothing here.
    mutating func clickOverlay(_ spot: Hotspot) -> [Effect]? {
        switch (overlay, spot.commandID) {
        case (.palette(let state), "overlay.choose"):
            return choose(command: state.hits(entries(for: state)), spot.row ?? 0, typed: state.field.text)
        case (.themes(var state, let before), "overlay.choose"):
            state.selected = spot.row ?? 0
            overlay = .themes(state, before: before)
            return previewTheme(state)
        case (.question(var state), "overlay.focus"):
            let outcome = state.click(spot.row ?? 0)
            return settle(state, outcome)
        case (.plan(var state), "overlay.focus"):
            state.click(spot.row ?? 0)
            overlay = .plan(state)
            return []
        default: return nil
        }
    }

    mutating func scrollOverlay(_ lines: Int, at time: Double) -> [Effect] {
        pressOverlay(Key(lines < 0 ? "up" : "down"), at: time)
    }

    /// What the palette lists: a question that is typed behind `ask`, else the commands.
    func entries(for state: PaletteState) -> [PaletteState.Entry] {
        guard typedQuestion(state.field.text) != nil else { return commandEntries }
        let keys = registry.globals.first { $0.id == AskScreen.about.id }?.keys ?? []
        return [
            PaletteState.Entry(
                id: AskScreen.about.id, title: state.field.text, detail: "Answer it from your documents.",
                keys: keys.map(\.description).joined(separator: "  "))
        ]
    }

    /// Every command, those of the screen first; what would be refused says why.
    var commandEntries: [PaletteState.Entry] {
        (registry.commands(of: top, world) + registry.globals).map { command in
            var refusal: String?
            if case .refused(let why) = availability(command) { refusal = why }
            return PaletteState.Entry(
                id: command.id, title: command.title, detail: command.help,
                keys: command.keys.map(\.description).joined(separator: "  "),
                refusal: refusal)
        }
    }

    var themeEntries: [PaletteState.Entry] {
        world.settings.themes.map {
            PaletteState.Entry(id: $0, title: $0, detail: $0 == world.settings.theme ? "shown now" : "", keys: "")
        }
    }

    /// The help's lines, made from the registry: keys, then what they do.
    func helpLines(_ filter: String) -> [(keys: String, text: String, isHead: Bool)] {
        var lines: [(String, String, Bool)] = []
        func section(_ title: String, _ commands: [AnyCommand]) {
            let shown = commands.filter { command in
                filter.isEmpty
                    || "\(command.title) \(command.help) \(command.keys)".lowercased().contains(filter.lowercased())
            }
            guard !shown.isEmpty else { return }
            if !lines.isEmpty { lines.append(("", "", false)) }
            lines.append(("", title, true))
            for command in shown {
                var help = command.help
                if case .refused(let why) = availability(command) { help += " (now: \(why))" }
                lines.append((command.keys.map(\.description).joined(separator: "  "), help, false))
            }
        }
        section(type(of: top).about.title, registry.commands(of: top, world))
        section("Everywhere", registry.globals)
        return lines
    }

    func drawHelp(_ field: TextFieldState, _ offset: Int, in area: Rect, on frame: inout Frame) {
        let lines = helpLines(field.text)
        let box = area.centered(Size(min(100, area.width - 4), min(lines.count + 4, area.height)))
        frame.silence()
        frame.fill(box, ink: Ink(on: .overlay))
        frame.box(box, title: "Keys", ink: Ink(.border, on: .overlay))
        let inside = box.inset(x: 2, y: 1)
        TextField(prompt: "/ ", placeholder: "type to narrow; arrows scroll; Esc leaves", ink: Ink(on: .overlay)).draw(
            field, in: inside.row(0), on: &frame)
        let list = Rect(inside.x, inside.y + 1, inside.width, inside.height - 1)
        for (y, line) in lines.dropFirst(offset).prefix(list.height).enumerated() {
            let row = list.row(y)
            if line.isHead {
                frame.text(SafeText(line.text), in: row, ink: Ink(.title, on: .overlay, strong: true))
            } else {
                frame.text(SafeText(line.keys), in: Rect(row.x + 1, row.y, 18, 1), ink: Ink(.key, on: .overlay))
                frame.text(
                    SafeText(line.text), in: Rect(row.x + 20, row.y, row.width - 20, 1), ink: Ink(.text, on: .overlay))
            }
        }
    }
}
