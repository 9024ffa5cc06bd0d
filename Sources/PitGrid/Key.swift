/// A key or chord as people write it: "j", "G", "ctrl-r", "alt-x", "shift-tab", "enter", "esc", "space", "pgup",
/// "f1", "g g". Several keys in a row are parted by a space.
public struct Key: Hashable, Sendable, Codable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
    public init(stringLiteral value: String) { description = value }
}

/// What came from the terminal.
public enum Input: Equatable, Sendable {
    case key(Key)
    /// The left button, and how many times within the double-click time.
    case click(Point, count: Int)
    /// Lines scrolled; negative is up.
    case wheel(Point, Int)
    /// Bracketed paste: never read as keys. Not sanitized.
    case paste(String)
    case resize(Size)
    /// The terminal window gained or lost the focus.
    case focus(Bool)
}
