/// What stands in one cell of a table: texts, small charts, or both in a row.
public struct TableCell: Equatable, Sendable {
    public enum Part: Equatable, Sendable {
        case text(Segment)
        /// A text in a room of its own, so that what follows lines up from row to row.
        case padded(Segment, columns: Int, Alignment)
        case sparkline(Sparkline, columns: Int)
        case meter(Meter, columns: Int)
    }

    public var parts: [Part]

    public init(_ parts: [Part]) { self.parts = parts }

    public init(_ text: SafeText, _ ink: Ink = Ink()) { parts = [.text(Segment(text, ink))] }

    public init(_ text: SafeText, _ role: Role) { parts = [.text(Segment(text, role))] }

    public init(_ segments: [Segment]) { parts = segments.map(Part.text) }

    /// The cell as runs, its charts drawn.
    func segments(isASCII: Bool) -> [Segment] {
        parts.flatMap { part -> [Segment] in
            switch part {
            case .text(let segment): return [segment]
            case .padded(let segment, let columns, let alignment):
                let fitted = [segment].fitted(to: columns, ellipsis: isASCII ? "~" : "…")
                let before = alignment.indent(of: fitted.columns, in: columns)
                return [blank(before)] + fitted + [blank(columns - before - fitted.columns)]
            case .sparkline(let line, let columns): return line.segments(columns: columns, isASCII: isASCII)
            case .meter(let meter, let columns): return meter.segments(columns: columns, isASCII: isASCII)
            }
        }
    }

    private func blank(_ columns: Int) -> Segment {
        Segment(SafeText(String(repeating: " ", count: max(0, min(columns, 1000)))))
    }
}
