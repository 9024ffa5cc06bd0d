/// What was typed into a picker, and which match is selected.
public struct PickerState: Equatable, Codable, Sendable {
    public var query: TextFieldState
    /// Counted among the matches.
    public internal(set) var selected: Int

    public init(query: String = "", selected: Int = 0) {
        (self.query, self.selected) = (TextFieldState(query), max(0, selected))
    }
}
