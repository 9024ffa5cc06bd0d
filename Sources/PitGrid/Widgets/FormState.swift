/// What has been filled in, by the fields' ids, and which field has the focus.
public struct FormState: Equatable, Codable, Sendable {
    /// The index of the field that has the focus; nil when none has it.
    public var focus: Int?
    var texts: [String: TextFieldState] = [:]
    var choices: [String: Int] = [:]
    var toggles: [String: Bool] = [:]

    /// The fields as they are at first.
    public init(_ form: Form, focus: Int? = 0) {
        self.focus = focus
        for field in form.fields {
            switch field.kind {
            case .choice(let options):
                choices[field.id] = min(max(0, Int(field.initial) ?? 0), max(0, options.count - 1))
            case .toggle: toggles[field.id] = field.initial == "true"
            case .text, .duration, .typed: texts[field.id] = TextFieldState(field.initial)
            }
        }
    }

    /// What was typed in a field.
    public func text(_ id: String) -> String { texts[id]?.text ?? "" }
    /// The number of what was chosen in a field.
    public func choice(_ id: String) -> Int { choices[id] ?? 0 }
    public func isOn(_ id: String) -> Bool { toggles[id] ?? false }
    /// Seconds; nil when what was typed is no time.
    public func duration(_ id: String) -> Double? { Figures.seconds(from: text(id)) }

    public mutating func setText(_ id: String, _ text: String) { texts[id, default: TextFieldState()].set(text) }
}
