/// Where a dialog's focus is, and what was filled in.
public struct DialogState: Equatable, Codable, Sendable {
    /// The field that has the focus, or, counted on behind the fields, the button.
    public internal(set) var focus: Int
    public var form: FormState
    /// The first line of the body that is shown.
    var bodyOffset = 0

    init(focus: Int, form: FormState) { (self.focus, self.form) = (focus, form) }
}
