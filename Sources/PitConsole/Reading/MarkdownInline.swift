import PitGrid

/// What stands inside a line of Markdown: emphasis, code, links, escapes. One pass, in time that grows with the line
/// and not with what is nested in it.
struct MarkdownInline {
    private let bytes: [UInt8]
    private let range: Range<Int>
    /// By byte of the line: how many of each begin there, less those that end there.
    private var strong: [Int32]
    private var slanted: [Int32]
    private var struck: [Int32]
    private var code: [Int32]
    private var link: [Int32]
    private var quiet: [Int32]
    /// Markup that is not drawn, and what is drawn before a byte.
    private var isHidden: [Bool]
    private var drawn: [(at: Int, text: String)] = []
    private var openers: [UInt8: [Opener]] = [:]
    private var brackets: [Int] = []

    private struct Opener {
        var end: Int
        var count: Int
    }

    private enum Side { case blank, sign, letter }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        (self.bytes, self.range) = (bytes, range)
        let none = [Int32](repeating: 0, count: range.count + 1)
        (strong, slanted, struck, code, link, quiet) = (none, none, none, none, none, none)
        isHidden = Array(repeating: false, count: range.count)
        if bytes[range].contains(where: Self.isMarkup) { read() }
    }

    private static func isMarkup(_ byte: UInt8) -> Bool { "*_~`[]\\".utf8.contains(byte) }

    /// The line in runs of one ink each.
    func runs(_ base: Ink) -> [TextRun] {
        var runs: [TextRun] = []
        var (start, ink) = (range.lowerBound, base)
        var next = drawn[...]
        var depth = (
            strong: Int32(0), slanted: Int32(0), struck: Int32(0), code: Int32(0), link: Int32(0), quiet: Int32(0)
        )
        func cut(_ at: Int) { if at > start { runs.append(TextRun(start..<at, ink)) } }
        for at in range {
            let index = at - range.lowerBound
            depth = (
                depth.strong + strong[index], depth.slanted + slanted[index], depth.struck + struck[index],
                depth.code + code[index], depth.link + link[index], depth.quiet + quiet[index]
            )
            while let first = next.first, first.at == at {
                cut(at)
                start = at
                runs.append(TextRun(drawn: first.text, Ink(.dim, on: base.ground)))
                next.removeFirst()
            }
            if isHidden[index] {
                cut(at)
                start = at + 1
                continue
            }
            var here = base
            if depth.code > 0 {
                here.role = .notice
            } else if depth.quiet > 0 || depth.struck > 0 {
                here.role = .dim
            } else if depth.link > 0 {
                here.role = .key
            } else if depth.slanted > 0 {
                here.role = .title
            }
            here.isStrong = base.isStrong || depth.strong > 0
            if here != ink {
                cut(at)
                (start, ink) = (at, here)
            }
        }
        cut(range.upperBound)
        return runs
    }

    // MARK: reading

    private mutating func read() {
        let ticks = tickRuns()
        var at = range.lowerBound
        while at < range.upperBound {
            switch bytes[at] {
            case UInt8(ascii: "\\") where at + 1 < range.upperBound && side(at + 1) == .sign:
                hide(at..<at + 1)
                at += 2
            case UInt8(ascii: "`"): at = readCode(at, ticks)
            case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"): at = readMarks(at)
            case UInt8(ascii: "["):
                brackets.append(at)
                at += 1
            case UInt8(ascii: "]"): at = readLink(at)
            default: at += 1
            }
        }
        drawn.sort { $0.at < $1.at }
    }

    private mutating func hide(_ part: Range<Int>) {
        for at in part { isHidden[at - range.lowerBound] = true }
    }

    private func mark(_ part: Range<Int>, _ list: inout [Int32]) {
        list[part.lowerBound - range.lowerBound] += 1
        list[part.upperBound - range.lowerBound] -= 1
    }

    /// Where runs of backticks begin, by their length.
    private func tickRuns() -> [Int: [Int]] {
        var runs: [Int: [Int]] = [:]
        var at = range.lowerBound
        while at < range.upperBound {
            let count = length(at, of: UInt8(ascii: "`"))
            if count > 0 { runs[count, default: []].append(at) }
            at += max(1, count)
        }
        return runs
    }

    private func length(_ at: Int, of mark: UInt8) -> Int { bytes[at..<range.upperBound].prefix { $0 == mark }.count }

    private mutating func readCode(_ at: Int, _ ticks: [Int: [Int]]) -> Int {
        let count = length(at, of: UInt8(ascii: "`"))
        let places = ticks[count] ?? []
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] <= at { low = middle + 1 } else { high = middle }
        }
        guard low < places.count else { return at + count }
        let end = places[low]
        hide(at..<at + count)
        hide(end..<end + count)
        mark(at + count..<end, &code)
        return end + count
    }

    /// Emphasis: what closes looks for what opened last of its kind.
    private mutating func readMarks(_ start: Int) -> Int {
        let mark = bytes[start]
        var (at, count) = (start, length(start, of: bytes[start]))
        let end = start + count
        let (before, after) = (side(start - 1), side(end))
        let isLeft = after != .blank && (after != .sign || before != .letter)
        let isRight = before != .blank && (before != .sign || after != .letter)
        // Inside words these signs are mostly signs: `snake_case`, `2*3`.
        let isInside = before == .letter && after == .letter && (mark == UInt8(ascii: "_") || count == 1)
        guard !isInside, mark != UInt8(ascii: "~") || count == 2 else { return end }
        if isRight {
            while count > 0, var opener = openers[mark]?.last {
                let used = mark == UInt8(ascii: "~") || opener.count >= 2 && count >= 2 ? 2 : 1
                hide(opener.end - used..<opener.end)
                hide(at..<at + used)
                let part = opener.end..<at
                if mark == UInt8(ascii: "~") {
                    self.mark(part, &struck)
                } else if used == 2 {
                    self.mark(part, &strong)
                } else {
                    self.mark(part, &slanted)
                }
                (opener.end, opener.count) = (opener.end - used, opener.count - used)
                openers[mark]?.removeLast()
                if opener.count > 0 { openers[mark]?.append(opener) }
                (at, count) = (at + used, count - used)
            }
        }
        if isLeft, count > 0 { openers[mark, default: []].append(Opener(end: end, count: count)) }
        return end
    }

    private func side(_ at: Int) -> Side {
        guard range.contains(at) else { return .blank }
        switch bytes[at] {
        case 0...0x20: return .blank
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: return .letter
        default: return .sign
        }
    }

    /// `[words](address)`: the words, and the address behind them, which a person must be able to see.
    private mutating func readLink(_ at: Int) -> Int {
        guard let open = brackets.popLast(), at + 1 < range.upperBound, bytes[at + 1] == UInt8(ascii: "(") else {
            return at + 1
        }
        var (end, depth) = (at + 2, 1)
        while end < range.upperBound {
            let byte = bytes[end]
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { break }
            if depth > 3 || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") { return at + 1 }
            end += 1
        }
        guard depth == 0, end < range.upperBound, end > at + 2 else { return at + 1 }
        hide(open..<open + 1)
        hide(at..<at + 2)
        mark(open + 1..<at, &link)
        drawn.append((at + 2, " ("))
        mark(at + 2..<end + 1, &quiet)
        return end + 1
    }
}
