/// Fields beneath one another, and a line that says what is wrong with, or wanted in, the one that has the focus.
public struct Form: Equatable, Sendable {
    public var fields: [FormField]
    /// The first part of the commands its hotspots run.
    public var prefix: String

    public init(_ fields: [FormField], prefix: String = "form") { (self.fields, self.prefix) = (fields, prefix) }

    /// What is wrong with a field, in words; nil when it is well.
    public func problem(_ field: FormField, _ state: FormState) -> SafeText? {
        let text = state.text(field.id)
        let isBlank = text.allSatisfy(\.isWhitespace)
        switch field.kind {
        case .text: return field.isRequired && isBlank ? "\(field.label) is required" : nil
        case .duration:
            if isBlank { return field.isRequired ? "\(field.label) is required" : nil }
            return state.duration(field.id) == nil ? "not a time; write 30m, 2h or 1h30m" : nil
        case .typed(let wanted): return text == wanted ? nil : "type \(wanted) to go on"
        case .choice(let options): return options.isEmpty ? "there is nothing to choose from" : nil
        case .toggle: return nil
        }
    }

    /// The indices of fields that something is wrong with.
    public func problems(_ state: FormState) -> [Int] { fields.indices.filter { problem(fields[$0], state) != nil } }

    /// Does what a key means to the field that has the focus. Returns whether it meant anything to it.
    public func handle(_ key: Key, _ state: inout FormState) -> Bool {
        guard let focus = state.focus, fields.indices.contains(focus) else { return false }
        let field = fields[focus]
        switch field.kind {
        case .choice(let options):
            guard !options.isEmpty else { return false }
            let step =
                ["right", "space", "l"].contains(key.description)
                ? 1 : ["left", "h"].contains(key.description) ? -1 : 0
            let chosen = min(max(0, state.choice(field.id)), options.count - 1)
            state.choices[field.id] = (chosen + step + options.count) % options.count
            return step != 0
        case .toggle:
            guard ["space", "x", "left", "right"].contains(key.description) else { return false }
            state.toggles[field.id] = !state.isOn(field.id)
            return true
        case .duration(let presets):
            if key == "up" || key == "down" { return step(field, presets, key == "up", &state) }
            return state.texts[field.id, default: TextFieldState()].handle(key)
        case .text, .typed:
            return state.texts[field.id, default: TextFieldState()].handle(key)
        }
    }

    /// Pastes into the field that has the focus.
    public func paste(_ text: String, _ state: inout FormState) {
        guard let focus = state.focus, fields.indices.contains(focus) else { return }
        switch fields[focus].kind {
        case .choice, .toggle: return
        case .text, .duration, .typed: state.texts[fields[focus].id, default: TextFieldState()].insert(text)
        }
    }

    private func step(_ field: FormField, _ presets: [Double], _ isUp: Bool, _ state: inout FormState) -> Bool {
        let now = state.duration(field.id) ?? 0
        let next = isUp ? presets.first { $0 > now } : presets.last { $0 < now }
        if let next { state.setText(field.id, Figures.duration(next)) }
        return !presets.isEmpty
    }
}
