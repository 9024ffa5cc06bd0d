/// A question over the screen: what will be done, what has to be filled in, and buttons.
///
/// Nothing is done by a single letter: Enter on a button that has the focus, which at first is the one that does
/// nothing.
public struct Dialog: Equatable, Sendable {
    public struct Button: Equatable, Sendable {
        public enum Purpose: Equatable, Sendable { case cancel, act, danger }
        public var id: String
        public var title: SafeText
        public var purpose: Purpose
        public init(_ id: String, _ title: SafeText, _ purpose: Purpose = .act) {
            (self.id, self.title, self.purpose) = (id, title, purpose)
        }
    }

    /// What a key did.
    public enum Outcome: Equatable, Sendable {
        case handled, ignored, cancelled
        /// A button's id. The form is well, unless the button cancels.
        case pressed(String)
    }

    public var title: SafeText
    /// Lines, wrapped to the dialog's width.
    public var body: [[Segment]]
    public var form: Form
    public var buttons: [Button]
    /// The first part of the commands its hotspots run.
    public var prefix: String

    public init(
        _ title: SafeText, body: [[Segment]] = [], fields: [FormField] = [], buttons: [Button],
        prefix: String = "dialog"
    ) {
        (self.title, self.body, self.buttons, self.prefix) = (title, body, buttons, prefix)
        form = Form(fields, prefix: prefix)
    }

    /// A dialog that asks whether to do something that is named, with Cancel beside it.
    public static func confirm(
        _ title: SafeText, body: [[Segment]], act: SafeText, isDangerous: Bool = false, typed: String? = nil
    ) -> Dialog {
        let fields = typed.map { [FormField("name", "type \($0)", .typed($0), isRequired: true)] } ?? []
        return Dialog(
            title, body: body, fields: fields,
            buttons: [Button("cancel", "Cancel", .cancel), Button("act", act, isDangerous ? .danger : .act)])
    }

    /// The state it opens with. The focus is on Cancel, unless a form that is there to be filled in asks for it.
    public func open(onFields: Bool = false) -> DialogState {
        let first = onFields && !form.fields.isEmpty ? 0 : cancelIndex.map { form.fields.count + $0 } ?? 0
        return DialogState(focus: first, form: FormState(form, focus: first < form.fields.count ? first : nil))
    }

    var cancelIndex: Int? { buttons.firstIndex { $0.purpose == .cancel } }
    var stops: Int { form.fields.count + buttons.count }

    /// Whether a button may be pressed: it cancels, or all that has to be filled in is.
    public func isEnabled(_ button: Button, _ state: DialogState) -> Bool {
        button.purpose == .cancel || form.problems(state.form).isEmpty
    }

    public func handle(_ key: Key, _ state: inout DialogState) -> Outcome {
        state.focus = min(max(0, state.focus), max(0, stops - 1))
        switch key.description {
        case "esc": return .cancelled
        case "tab": return focus(state.focus + 1, &state)
        case "shift-tab": return focus(state.focus - 1, &state)
        case "pgdn": return scroll(5, &state)
        case "pgup": return scroll(-5, &state)
        case "enter":
            guard state.focus >= form.fields.count else { return focus(state.focus + 1, &state) }
            return press(state.focus - form.fields.count, &state)
        default: break
        }
        if state.focus < form.fields.count, form.handle(key, &state.form) { return .handled }
        switch key.description {
        case "down": return focus(state.focus + 1, &state)
        case "up": return focus(state.focus - 1, &state)
        case "right", "l": return state.focus < form.fields.count ? .ignored : focus(state.focus + 1, &state)
        case "left", "h": return state.focus < form.fields.count ? .ignored : focus(state.focus - 1, &state)
        default: return .ignored
        }
    }

    /// Pastes into the field that has the focus.
    public func paste(_ text: String, _ state: inout DialogState) { form.paste(text, &state.form) }

    /// Presses a button: by Enter or by a click. One that is not enabled takes the focus to what is wrong.
    public func press(_ index: Int, _ state: inout DialogState) -> Outcome {
        guard buttons.indices.contains(index) else { return .ignored }
        let button = buttons[index]
        if button.purpose == .cancel { return .cancelled }
        if let problem = form.problems(state.form).first { return focus(problem, &state) }
        return .pressed(button.id)
    }

    /// Gives the focus to a field, or behind the fields to a button, around the ends.
    @discardableResult
    public func focus(_ stop: Int, _ state: inout DialogState) -> Outcome {
        guard stops > 0 else { return .ignored }
        state.focus = (stop % stops + stops) % stops
        state.form.focus = state.focus < form.fields.count ? state.focus : nil
        return .handled
    }

    private func scroll(_ lines: Int, _ state: inout DialogState) -> Outcome {
        state.bodyOffset = max(0, min(max(0, min(state.bodyOffset, 10000)) + lines, 10000))
        return .handled
    }
}
