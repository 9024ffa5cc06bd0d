/// Which characters pictures are made of: all of Unicode's, or those that every terminal has.
public enum Glyphs: String, Sendable, Codable, CaseIterable {
    case unicode, ascii

    public var ellipsis: Character { self == .unicode ? "…" : "~" }
    public var horizontal: Character { self == .unicode ? "─" : "-" }
    public var vertical: Character { self == .unicode ? "│" : "|" }
    /// Top left, top right, bottom left, bottom right.
    public var corners: [Character] { self == .unicode ? ["╭", "╮", "╰", "╯"] : ["+", "+", "+", "+"] }
    public var pointer: Character { self == .unicode ? "▸" : ">" }
    public var up: Character { self == .unicode ? "▲" : "^" }
    public var down: Character { self == .unicode ? "▼" : "v" }
    /// Eight heights.
    public var bars: [Character] { self == .unicode ? Array("▁▂▃▄▅▆▇█") : Array("__..--==") }
    public var gap: Character { self == .unicode ? "·" : " " }
    public var full: Character { self == .unicode ? "█" : "#" }
    public var empty: Character { self == .unicode ? "░" : "." }
    public var arrow: Character { self == .unicode ? "→" : ">" }
}
