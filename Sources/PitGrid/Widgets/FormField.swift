/// Something a person fills in.
public struct FormField: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case text(placeholder: SafeText)
        /// One of several.
        case choice([SafeText])
        case toggle
        /// A time such as `1h30m`, typed, or stepped through with up and down; in seconds, shortest first.
        case duration(presets: [Double])
        /// The exact text that has to be typed before anything is done.
        case typed(String)
    }

    public var id: String
    public var label: SafeText
    public var kind: Kind
    /// Told while the field has the focus.
    public var hint: SafeText
    public var isRequired: Bool
    /// What it holds at first: a text, a choice's number from 0, `true` for a toggle that is on.
    public var initial: String

    public init(
        _ id: String, _ label: SafeText, _ kind: Kind, hint: SafeText = "", isRequired: Bool = false,
        initial: String = ""
    ) {
        (self.id, self.label, self.kind, self.hint) = (id, label, kind, hint)
        (self.isRequired, self.initial) = (isRequired, initial)
    }

    /// Steps of time that suit a silence.
    public static let usualDurations: [Double] = [
        300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 3 * 86400, 7 * 86400,
    ]
}
