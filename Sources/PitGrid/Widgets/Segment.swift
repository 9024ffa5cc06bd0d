/// A run of text in one ink: what lines of widgets are made of.
public struct Segment: Hashable, Sendable {
    public var text: SafeText
    public var ink: Ink

    public init(_ text: SafeText, _ ink: Ink = Ink()) {
        (self.text, self.ink) = (text, ink)
    }

    /// A run on the page in a role.
    public init(_ text: SafeText, _ role: Role, strong: Bool = false) {
        self.init(text, Ink(role, strong: strong))
    }

    /// Columns it takes.
    public var columns: Int { text.columns }
}

extension Array where Element == Segment {
    /// Columns all runs take together.
    public var columns: Int {
        var columns = 0
        for segment in self { columns += segment.columns }
        return columns
    }

    /// The runs cut to `width` columns; what was cut shows as an ellipsis in the ink of the run it cut.
    func fitted(to width: Int, ellipsis: Character) -> [Segment] {
        guard width > 0 else { return [] }
        guard columns > width else { return self }
        var fitted: [Segment] = []
        var left = width - 1
        for segment in self {
            let columns = segment.columns
            if columns <= left {
                fitted.append(segment)
                left -= columns
                continue
            }
            var kept = ""
            for glyph in segment.text.description {
                guard glyph.columns <= left else { break }
                left -= glyph.columns
                kept.append(glyph)
            }
            kept.append(ellipsis)
            fitted.append(Segment(SafeText(kept), segment.ink))
            break
        }
        return fitted
    }
}
