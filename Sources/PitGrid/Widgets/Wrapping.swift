/// Folds runs of text into lines.
enum Wrapping {
    struct Glyph {
        var character: Character
        var ink: Ink
        var columns: Int
    }

    /// Glyphs of one line that are looked at; what is beyond is cut off.
    static let limit = 20000

    static func glyphs(_ segments: [Segment]) -> [Glyph] {
        var glyphs: [Glyph] = []
        for segment in segments {
            for character in segment.text.description {
                guard glyphs.count < limit else { return glyphs }
                glyphs.append(Glyph(character: character, ink: segment.ink, columns: character.columns))
            }
        }
        return glyphs
    }

    /// Lines of at most `width` columns, parted at blanks; a word that is longer is cut. One line at least.
    static func lines(_ segments: [Segment], width: Int) -> [[Segment]] { lines(glyphs(segments), width: width) }

    static func lines(_ glyphs: [Glyph], width: Int) -> [[Segment]] {
        guard width > 0 else { return [] }
        var lines: [[Segment]] = []
        var start = 0
        while start < glyphs.count {
            var (end, used) = (start, 0)
            var lastBlank: Int?
            while end < glyphs.count, used + glyphs[end].columns <= width {
                if glyphs[end].character == " " { lastBlank = end }
                used += glyphs[end].columns
                end += 1
            }
            if end == glyphs.count {
                lines.append(runs(glyphs[start...]))
                break
            }
            if glyphs[end].character == " " { lastBlank = end }
            if let blank = lastBlank, blank > start {
                lines.append(runs(glyphs[start..<blank]))
                start = blank + 1
            } else {
                // A glyph wider than the line is passed over, so that there is always progress.
                lines.append(runs(glyphs[start..<end]))
                start = max(end, start + 1)
            }
        }
        return lines.isEmpty ? [[]] : lines
    }

    static func runs(_ glyphs: ArraySlice<Glyph>) -> [Segment] {
        var runs: [Segment] = []
        var text = ""
        var ink: Ink?
        for glyph in glyphs {
            if let current = ink, current != glyph.ink {
                runs.append(Segment(SafeText(text), current))
                text = ""
            }
            ink = glyph.ink
            text.append(glyph.character)
        }
        if let ink, !text.isEmpty { runs.append(Segment(SafeText(text), ink)) }
        return runs
    }
}
