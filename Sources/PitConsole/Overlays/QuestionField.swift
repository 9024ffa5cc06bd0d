import PitGrid

/// What is typed into a field of a question: one line, or several.
enum QuestionField: Equatable, Sendable {
    /// And whether it may become several.
    case line(TextFieldState, canGrow: Bool)
    case area(TextAreaState)

    init(_ field: Question.Field) {
        self =
            field.lines == .several
            ? .area(TextAreaState(field.value)) : .line(TextFieldState(), canGrow: field.lines == .growing)
        if field.lines != .several { set(field.value) }
    }

    var text: String {
        switch self {
        case .line(let state, _): state.text
        case .area(let state): state.text
        }
    }

    var isLong: Bool { if case .area = self { true } else { false } }
    var canBeLong: Bool { if case .line(_, canGrow: false) = self { false } else { true } }

    mutating func set(_ text: String) {
        switch self {
        case .line(var state, let canGrow):
            if canGrow, Self.needsLines(text) {
                self = .area(TextAreaState(text))
            } else {
                state.set(text)
                self = .line(state, canGrow: canGrow)
            }
        case .area: self = .area(TextAreaState(text))
        }
    }

    mutating func insert(_ text: String) {
        if canBeLong, Self.needsLines(text) { grow() }
        switch self {
        case .line(var state, let canGrow):
            state.insert(text)
            self = .line(state, canGrow: canGrow)
        case .area(var state):
            state.insert(text)
            self = .area(state)
        }
    }

    mutating func grow() {
        if case .line(let state, canGrow: true) = self { self = .area(TextAreaState(state.text)) }
    }

    /// - Parameter size: of what it is drawn in.
    mutating func handle(_ key: Key, size: Size) -> Bool {
        switch self {
        case .line(var state, let canGrow):
            defer { self = .line(state, canGrow: canGrow) }
            return state.handle(key)
        case .area(var state):
            defer { self = .area(state) }
            return state.handle(key, size: size)
        }
    }

    private static func needsLines(_ text: String) -> Bool {
        text.utf8.count > TextFieldState.limit || text.contains { $0.isNewline }
    }
}
