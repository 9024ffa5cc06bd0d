/// The shape of a mark on a time axis. Shapes tell kinds apart where colours cannot.
public enum MarkShape: String, Codable, Sendable, CaseIterable {
    case diamond, triangle, triangleDown, circle, square, cross, flag, star

    /// The glyph, one column wide.
    public func glyph(_ glyphs: Glyphs) -> Character {
        switch (self, glyphs) {
        case (.diamond, .unicode): "◆"
        case (.triangle, .unicode): "▲"
        case (.triangleDown, .unicode): "▼"
        case (.circle, .unicode): "●"
        case (.square, .unicode): "■"
        case (.cross, .unicode): "✗"
        case (.flag, .unicode): "⚑"
        case (.star, .unicode): "★"
        case (.diamond, .ascii): "D"
        case (.triangle, .ascii): "^"
        case (.triangleDown, .ascii): "v"
        case (.circle, .ascii): "o"
        case (.square, .ascii): "#"
        case (.cross, .ascii): "x"
        case (.flag, .ascii): "!"
        case (.star, .ascii): "*"
        }
    }
}
