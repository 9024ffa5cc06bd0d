public import PitModel

/// Divides documents into passages: along their headings, then into pieces of bounded size that overlap a little, so
/// that what stands at a border is whole in one of them.
public struct PassageSplitter: Sendable {
    /// Bytes of a passage at most, and of how much of one the next may begin with again.
    public var (most, overlap): (Int, Int)

    private static let longestHeading = 200

    public init(most: Int = 1600, overlap: Int = 240) {
        (self.most, self.overlap) = (max(64, most), max(0, min(overlap, most / 2)))
    }

    public func passages(of text: String, document: String) -> [KnowledgePassage] {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            String(Substring(line.last == 0x0D ? line.dropLast() : line))
        }
        return sections(lines, isMarkdown: Self.isMarkdown(document)).flatMap { pieces(of: $0, document) }
    }

    public static func isMarkdown(_ document: String) -> Bool {
        let name = document.lowercased()
        return [".md", ".markdown", ".mdown", ".mkd"].contains { name.hasSuffix($0) }
    }

    /// Lines under one heading.
    private struct Section {
        var headings: [String] = []
        /// The line of the heading; nil before the first.
        var start: Int?
        var lines: [(number: Int, text: String)] = []
    }

    /// By the headings of CommonMark: `# ...`, or underlined; none within fenced code.
    private func sections(_ lines: [String], isMarkdown: Bool) -> [Section] {
        var (done, now): ([Section], Section) = ([], Section())
        var (stack, fence): ([(level: Int, title: String)], String?) = ([], nil)
        // What stands between two `---` at the top is for programs, and no heading.
        var isFront = isMarkdown && lines.first == "---" && lines.dropFirst().contains("---")
        func open(_ level: Int, _ title: String, at line: Int) {
            done.append(now)
            stack.removeAll { $0.level >= level }
            stack.append((level, title))
            now = Section(headings: stack.map(\.title), start: line)
        }
        for (place, line) in lines.enumerated() {
            let number = place + 1
            if isFront {
                if place > 0, line == "---" { isFront = false }
                if line != "---" { now.lines.append((number, line)) }
                continue
            }
            guard isMarkdown else {
                now.lines.append((number, line))
                continue
            }
            if let open = fence {
                if Self.fence(line).map({ $0.hasPrefix(open) && line.drop { $0 == " " }.count == $0.count }) == true {
                    fence = nil
                }
                now.lines.append((number, line))
            } else if let mark = Self.fence(line) {
                fence = mark
                now.lines.append((number, line))
            } else if let (level, title) = Self.heading(line) {
                open(level, title, at: number)
            } else if let level = Self.underline(line), let last = now.lines.last, Self.isTitle(last.text),
                now.lines.dropLast().last.map({ Self.isBlank($0.text) }) ?? true
            {
                now.lines.removeLast()
                open(level, Self.cut(Self.trimmed(last.text)), at: last.number)
            } else {
                now.lines.append((number, line))
            }
        }
        return done + [now]
    }

    // MARK: - Pieces

    private func pieces(of section: Section, _ document: String) -> [KnowledgePassage] {
        let units = section.lines.flatMap { line in divided(line.text).map { (number: line.number, text: $0) } }
        var found: [KnowledgePassage] = []
        var start = 0
        while start < units.count {
            if Self.isBlank(units[start].text) {
                start += 1
                continue
            }
            let end = end(of: units, from: start)
            let kept = units[start..<end]
            let text = kept.map(\.text).joined(separator: "\n")
            var (first, last) = (kept[start].number, kept[end - 1].number)
            if found.isEmpty, let heading = section.start { first = min(first, heading) }
            last = max(first, last)
            found.append(
                KnowledgePassage(
                    document: document, headings: section.headings, lines: first...last, text: Self.trimmedEnd(text)))
            guard end < units.count, units[end...].contains(where: { !Self.isBlank($0.text) }) else { break }
            start = next(units, from: start, after: end)
        }
        return found
    }

    /// As many units as there is room for, up to the end of a paragraph where one ends in the second half.
    private func end(of units: [(number: Int, text: String)], from start: Int) -> Int {
        var (end, bytes, paragraph): (Int, Int, Int?) = (start, 0, nil)
        while end < units.count {
            let size = units[end].text.utf8.count + 1
            if end > start, bytes + size > most + 1 { break }
            bytes += size
            if Self.isBlank(units[end].text), bytes > most / 2 { paragraph = end }
            end += 1
        }
        guard end < units.count else { return Self.withoutBlanks(units, start, end) }
        return Self.withoutBlanks(units, start, paragraph ?? end)
    }

    private static func withoutBlanks(_ units: [(number: Int, text: String)], _ start: Int, _ end: Int) -> Int {
        var end = end
        while end > start + 1, isBlank(units[end - 1].text) { end -= 1 }
        return end
    }

    /// Where the next piece begins: so many units before the end as the overlap has room for.
    private func next(_ units: [(number: Int, text: String)], from start: Int, after end: Int) -> Int {
        var (next, bytes) = (end, 0)
        while next > start + 1 {
            bytes += units[next - 1].text.utf8.count + 1
            guard bytes <= overlap else { break }
            next -= 1
        }
        return next
    }

    /// A line in parts that fit, between words where there are any.
    private func divided(_ line: String) -> [String] {
        guard line.utf8.count > most else { return [line] }
        // By bytes: one character may be as long as the file, with a million accents on it.
        let bytes = Array(line.utf8)
        var (parts, at): ([String], Int) = ([], 0)
        while bytes.count - at > most {
            var cut = at + most
            while bytes[cut] & 0xC0 == 0x80 { cut -= 1 }
            if let space = bytes[at..<cut].lastIndex(where: Self.isSpace), space > at { cut = space }
            parts.append(String(decoding: bytes[at..<cut], as: UTF8.self))
            at = cut
            while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 }
        }
        return at < bytes.count ? parts + [String(decoding: bytes[at...], as: UTF8.self)] : parts
    }

    // MARK: - Lines

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func isBlank(_ line: String) -> Bool { line.utf8.allSatisfy(isSpace) }

    private static func trimmed(_ line: some StringProtocol) -> String {
        var line = line[line.startIndex...]
        while let last = line.last, last.isWhitespace { line = line.dropLast() }
        return String(line.drop { $0.isWhitespace })
    }

    private static func trimmedEnd(_ text: String) -> String {
        var text = text[...]
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }

    private static func cut(_ title: String) -> String {
        guard title.utf8.count > longestHeading else { return title }
        return String(title.prefix(longestHeading / 4)) + "..."
    }

    /// Up to three blanks, then the rest; nil for code that is set in.
    private static func unindented(_ line: String) -> Substring? {
        let rest = line.drop { $0 == " " }
        return line.utf8.count - rest.utf8.count <= 3 ? rest : nil
    }

    /// The marks that open or close fenced code.
    private static func fence(_ line: String) -> String? {
        guard let rest = unindented(line), let mark = rest.first, mark == "`" || mark == "~" else { return nil }
        let marks = rest.prefix { $0 == mark }
        guard marks.count >= 3, mark == "~" || !rest.dropFirst(marks.count).contains("`") else { return nil }
        return String(marks)
    }

    private static func heading(_ line: String) -> (level: Int, title: String)? {
        guard let rest = unindented(line) else { return nil }
        let marks = rest.prefix { $0 == "#" }
        let words = rest.dropFirst(marks.count)
        guard (1...6).contains(marks.count), words.first == " " || words.first == "\t" else { return nil }
        var title = trimmed(words)
        // `## Title ##` is closed by its own marks.
        let closing = title.reversed().prefix { $0 == "#" }.count
        if closing > 0, closing == title.count || title.dropLast(closing).last == " " {
            title = trimmed(title.dropLast(closing))
        }
        return title.isEmpty ? nil : (marks.count, cut(title))
    }

    /// The level that an underline gives to the line above it.
    private static func underline(_ line: String) -> Int? {
        guard let rest = unindented(line) else { return nil }
        let marks = trimmed(rest)
        guard marks.utf8.count >= 2, let first = marks.first, first == "=" || first == "-",
            marks.allSatisfy({ $0 == first })
        else { return nil }
        return first == "=" ? 1 : 2
    }

    /// Whether a line above an underline can be a title: no list, quotation or table.
    private static func isTitle(_ line: String) -> Bool {
        guard !isBlank(line), let rest = unindented(line), let first = rest.first else { return false }
        return !"-*+>|".contains(first)
    }
}
