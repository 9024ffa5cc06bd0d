/// What a person wants of the terminal.
public struct TerminalOptions: Equatable, Sendable {
    /// How many colours: as many as the terminal says it has, or a number that a person knows better.
    public enum Color: String, Sendable, CaseIterable { case auto, truecolor, palette = "256", sixteen = "16", none }

    /// `auto` obeys `NO_COLOR` and `COLORTERM`.
    public var color: Color
    /// Whether clicks and the wheel come here; the terminal's own selection then needs shift.
    public var mouse: Bool
    /// Only ASCII in pictures, for terminals, fonts and screen readers that cannot do more.
    public var plain: Bool

    public init(color: Color = .auto, mouse: Bool = true, plain: Bool = false) {
        (self.color, self.mouse, self.plain) = (color, mouse, plain)
    }
}
