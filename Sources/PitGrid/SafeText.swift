/// Text that may be put on a terminal. There is no way to make one that skips the sanitizer, and nothing but
/// this type can be drawn: that is what keeps a server's bytes from reaching the terminal raw.
public struct SafeText: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    CustomStringConvertible
{
    /// Free of control characters.
    public let description: String

    /// Makes any text safe: what must not reach a terminal is shown visibly.
    public init(_ raw: String) { description = Sanitizer.visible(raw) }

    /// The same from bytes that should be UTF-8; what is none becomes U+FFFD.
    public init(bytes: some Sequence<UInt8>) { self.init(String(decoding: Array(bytes), as: UTF8.self)) }

    public init(stringLiteral value: String) { self.init(value) }

    /// Columns it takes.
    public var columns: Int { description.columns }
    public var isEmpty: Bool { description.isEmpty }

    /// The lines of a text that may have many, each safe.
    public static func lines(_ raw: String) -> [SafeText] { Sanitizer.lines(raw).map { SafeText($0) } }

    /// At most `width` columns, the rest replaced by an ellipsis.
    public func truncated(to width: Int, ellipsis: Character = "…") -> SafeText {
        guard columns > width else { return self }
        guard width > 0 else { return "" }
        var kept = ""
        var used = 0
        for glyph in description {
            let next = glyph.columns
            guard used + next <= width - 1 else { break }
            kept.append(glyph)
            used += next
        }
        return SafeText(kept + String(ellipsis))
    }

    /// The words folded into lines of at most `width` columns; a word that is longer is cut.
    public func wrapped(to width: Int) -> [SafeText] {
        guard width > 0 else { return [] }
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in description.split(separator: " ", omittingEmptySubsequences: false) {
            let length = String(word).columns
            if used > 0, used + 1 + length > width {
                lines.append(line)
                (line, used) = ("", 0)
            }
            if used > 0 || !line.isEmpty { (line, used) = (line + " ", used + 1) }
            for glyph in word {
                if used + glyph.columns > width {
                    lines.append(line)
                    (line, used) = ("", 0)
                }
                line.append(glyph)
                used += glyph.columns
            }
        }
        return (lines + [line]).map { SafeText($0) }
    }

    public static func + (a: SafeText, b: SafeText) -> SafeText { SafeText(a.description + b.description) }
}
