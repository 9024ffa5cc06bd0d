import Glibc
public import PitModel

/// Reads a page of the Prometheus text format 0.0.4 (and the quoted names of 1.0.0) or of OpenMetrics 1.0.
///
/// A line that cannot be read costs its own sample and is counted with its reason; no other line is touched.
/// A series that stands twice on a page is not looked for here: whoever keeps series sees it for free.
public enum ExpositionParser {
    /// Reads the page. `contentType` is the reply's header; without one the page's end decides. Who does not want the
    /// families of a page in the text format saves the time to read them; its comments are checked all the same. Beyond
    /// `limit` samples, lines are counted and not read.
    public static func parse(
        _ bytes: [UInt8], contentType: String? = nil, withFamilies: Bool = true, limit: Int = .max
    ) -> MetricsPage {
        guard bytes.count < Int(UInt32.max) else {
            let line = BadLine(number: 1, reason: "the page is larger than 4 GiB", excerpt: "")
            return MetricsPage(bytes: [], rows: [], badLines: [line], badLineCount: 1)
        }
        var reader = PageReader(
            isOpenMetrics: isOpenMetrics(bytes, contentType), withFamilies: withFamilies, limit: limit)
        bytes.withUnsafeBufferPointer { reader.read($0) }
        // What nobody reads need not be kept: of a page of a million samples it is most.
        let end = reader.leftOut > 0 ? reader.rows.last.map { Int($0.start) + Int($0.length) } ?? 0 : bytes.count
        var page = MetricsPage(
            bytes: end < bytes.count ? Array(bytes[..<end]) : bytes, rows: reader.rows, families: reader.families,
            badLines: reader.badLines, badLineCount: reader.badLineCount)
        page.leftOut = reader.leftOut
        return page
    }

    /// Whether the bytes begin as a web page does.
    public static func looksLikeHTML(_ bytes: [UInt8]) -> Bool {
        let start = String(decoding: bytes.prefix(200), as: UTF8.self).drop { $0.isWhitespace }.lowercased()
        return start.hasPrefix("<!doctype") || start.hasPrefix("<html") || start.hasPrefix("<?xml")
            || start.hasPrefix("<head")
    }

    private static func isOpenMetrics(_ bytes: [UInt8], _ contentType: String?) -> Bool {
        if let type = contentType?.lowercased(), !type.isEmpty {
            return type.hasPrefix("application/openmetrics-text")
        }
        let tail = bytes.suffix(6)
        return tail.elementsEqual("# EOF\n".utf8) || tail.suffix(5).elementsEqual("# EOF".utf8)
    }
}

/// The state of reading one page.
private struct PageReader {
    let isOpenMetrics: Bool
    private let withFamilies: Bool
    private let limit: Int
    var leftOut = 0
    /// Hashes of the comments seen, when families are not wanted.
    private var seen: Set<UInt64> = []
    var rows: [MetricsPage.Row] = []
    var families: [MetricFamily] = []
    var badLines: [BadLine] = []
    var badLineCount = 0
    private var familyIndex: [String: Int] = [:]
    private var typed: Set<String> = []
    private var sawEnd = false
    private var isASCII = true

    init(isOpenMetrics: Bool, withFamilies: Bool, limit: Int) {
        (self.isOpenMetrics, self.withFamilies, self.limit) = (isOpenMetrics, withFamilies || isOpenMetrics, limit)
    }

    mutating func read(_ page: UnsafeBufferPointer<UInt8>) {
        guard let base = page.baseAddress else {
            if isOpenMetrics { endMissing(1) }
            return
        }
        isASCII = page.allASCII
        rows.reserveCapacity(min(limit, page.count / 90 + 4))
        var number = 0
        var start = 0
        let scratch = UnsafeMutablePointer<LabelNames.Place>.allocate(capacity: LabelNames.limit)
        defer { scratch.deallocate() }
        Alphabet.flags.withUnsafeBufferPointer { table in
            guard let flags = table.baseAddress else { return }
            while start < page.count {
                if rows.count >= limit { return countRest(page, from: start) }
                number += 1
                let found = memchr(base + start, 0x0A, page.count - start)
                let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? page.count
                readLine(base, start, end, number, flags, scratch)
                start = end + 1
            }
        }
        if leftOut > 0 { return }
        if isOpenMetrics, !sawEnd {
            dropCutRow(page)
            endMissing(number)
        } else if !isOpenMetrics, page.count > 0, base[page.count - 1] != 0x0A, !rows.isEmpty {
            note(number, "the last line does not end with a line feed (cut short?)", base, page.count, page.count)
        }
    }

    /// Counts the lines that hold neither a comment nor nothing.
    private mutating func countRest(_ page: UnsafeBufferPointer<UInt8>, from: Int) {
        var start = from
        while start < page.count, let base = page.baseAddress {
            let found = memchr(base + start, 0x0A, page.count - start)
            if base[start] != 0x23, base[start] != 0x0A { leftOut += 1 }
            start = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) + 1 } ?? page.count
        }
    }

    private mutating func endMissing(_ number: Int) {
        note(number, "the page ends without # EOF (cut short?)", nil, 0, 0)
    }

    /// A page that lacks its end and stops within a line was cut there: the last value may lack digits.
    private mutating func dropCutRow(_ page: UnsafeBufferPointer<UInt8>) {
        guard let last = rows.last, page.last != 0x0A else { return }
        let after = page[(Int(last.start) + Int(last.length))...]
        if !after.contains(0x0A) { rows.removeLast() }
    }

    private mutating func readLine(
        _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ number: Int, _ flags: UnsafePointer<UInt8>,
        _ scratch: UnsafeMutablePointer<LabelNames.Place>
    ) {
        if sawEnd { return note(number, "something stands after # EOF", base, start, end) }
        var i = start
        while i < end, base[i] == 0x20 || base[i] == 0x09 { i += 1 }
        guard i < end else {
            if isOpenMetrics { note(number, "a blank line, which OpenMetrics does not allow", base, start, end) }
            return
        }
        if base[i] == 0x23 { return readComment(base, i, end, number) }
        if isOpenMetrics, i != start { return note(number, SampleLine.Reason.spaces.rawValue, base, start, end) }
        if !isASCII, !UnsafeBufferPointer(start: base + i, count: end - i).isUTF8 {
            return note(number, SampleLine.Reason.notUTF8.rawValue, base, start, end)
        }
        var line = SampleLine(
            base, from: i, to: end, isOpenMetrics: isOpenMetrics, flags: flags, scratch: scratch)
        if let reason = line.read() { return note(number, reason.rawValue, base, start, end) }
        if isOpenMetrics, let reason = violation(line) { return note(number, reason, base, start, end) }
        rows.append(
            MetricsPage.Row(
                start: UInt32(i), length: UInt32(line.seriesEnd - i), value: line.value,
                timestamp: line.timestamp ?? MetricsPage.Row.noTimestamp))
    }

    /// What OpenMetrics forbids of a counter: values below zero and NaN.
    private func violation(_ line: SampleLine) -> String? {
        guard line.value.isNaN || line.value < 0 else { return nil }
        let name = UnsafeBufferPointer(start: line.base + line.nameStart, count: line.nameEnd - line.nameStart)
        for suffix in ["_total", "_bucket", "_count"] as [StaticString] where name.hasSuffix(suffix) {
            let family = String(decoding: name.dropLast(suffix.utf8CodeUnitCount), as: UTF8.self)
            guard let index = familyIndex[family] else { continue }
            switch families[index].kind {
            case .counter, .histogram: return "a counter may not be negative or NaN"
            default: continue
            }
        }
        return nil
    }

    private mutating func readComment(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ number: Int) {
        if !withFamilies, let isFirst = isFirst(UnsafeBufferPointer(start: base + start, count: end - start)) {
            if !isFirst { note(number, "a second # HELP or # TYPE of one metric", base, start, end) }
            return
        }
        let text = String(
            decoding: UnsafeBufferPointer(start: base + start, count: min(end - start, 4096)), as: UTF8.self)
        if isOpenMetrics, text == "# EOF" {
            sawEnd = true
            return
        }
        let words = CommentWords(text)
        guard let keyword = words.keyword,
            keyword == "HELP" || keyword == "TYPE" || (isOpenMetrics && keyword == "UNIT")
        else {
            if isOpenMetrics { note(number, "OpenMetrics allows only # HELP, TYPE, UNIT and EOF", base, start, end) }
            return
        }
        guard let name = words.name, !name.isEmpty else {
            return note(number, "# \(keyword) names no metric", base, start, end)
        }
        if let reason = apply(keyword, name, words.rest) { note(number, reason, base, start, end) }
    }

    /// Whether a help or a type, written as servers write it, is the first of its metric; nil for any other comment.
    private mutating func isFirst(_ line: UnsafeBufferPointer<UInt8>) -> Bool? {
        guard line.count > 8, line[1] == 0x20, line[6] == 0x20, line[7] > 0x20, seen.count < 100_000 else { return nil }
        let isHelp = line[2] == 0x48 && line[3] == 0x45 && line[4] == 0x4C && line[5] == 0x50
        let isType = line[2] == 0x54 && line[3] == 0x59 && line[4] == 0x50 && line[5] == 0x45
        guard isHelp || isType else { return nil }
        // FNV-1a 64. Two names of one hash would be told as a bad line, and cost nothing else.
        var hash: UInt64 = isHelp ? 0xcbf2_9ce4_8422_2325 : 0x8422_2325_cbf2_9ce4
        var at = 7
        while at < line.count, line[at] != 0x20, line[at] != 0x09 {
            hash = (hash ^ UInt64(line[at])) &* 0x100_0000_01b3
            at += 1
        }
        return seen.insert(hash).inserted
    }

    private mutating func apply(_ keyword: String, _ name: String, _ rest: String) -> String? {
        guard families.count < 100_000 else { return nil }
        let index = familyIndex[name] ?? families.count
        if index == families.count {
            families.append(MetricFamily(name: name, kind: .unknown))
            familyIndex[name] = index
        }
        switch keyword {
        case "HELP":
            if families[index].help != nil { return "a second # HELP for \(name)" }
            families[index].help = CommentWords.unescape(rest, quotes: isOpenMetrics)
        case "UNIT":
            guard rest.isEmpty || name.hasSuffix("_" + rest) else {
                return "the unit is not the end of the name \(name)"
            }
            families[index].unit = rest
        default:
            guard typed.insert(name).inserted else { return "a second # TYPE for \(name)" }
            let word = rest.trimmingBlanks
            families[index].kind = MetricKind(rawValue: word == "untyped" ? "unknown" : word) ?? .unknown
        }
        return nil
    }

    private mutating func note(_ number: Int, _ reason: String, _ base: UnsafePointer<UInt8>?, _ start: Int, _ end: Int)
    {
        badLineCount += 1
        guard badLines.count < MetricsPage.badLineLimit else { return }
        var excerpt = ""
        if let base, end > start {
            excerpt = String(
                decoding: UnsafeBufferPointer(start: base + start, count: min(end - start, 120)), as: UTF8.self)
        }
        badLines.append(BadLine(number: number, reason: reason, excerpt: excerpt))
    }
}
