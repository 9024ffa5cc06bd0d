public import PitModel

/// Output that is dangerous where it is rendered or run: markup with code in it, links that carry data away.
public struct OutputDetector: Detector {
    public static let about = DetectorInfo(
        id: "output", owasp: "LLM05", summary: "scripts, handlers, templates and data-bearing links in responses")

    public init(_ settings: DetectorSettings) {}

    private static let elements: [(StaticString, String, Double)] = [
        ("<script", "script", 0.8), ("<iframe", "script", 0.7), ("<object", "script", 0.5), ("<embed", "script", 0.5),
        ("<svg", "handler", 0), ("<img", "handler", 0), ("<body", "handler", 0), ("<a ", "handler", 0),
        ("<input", "handler", 0), ("<details", "handler", 0), ("<form", "script", 0.4), ("<meta", "handler", 0),
    ]

    public func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding]) {
        guard let text = exchange.response else { return }
        // Within fences it is shown, not rendered.
        let fences = Self.fences(text)
        for mark in text.marks {
            let at = Int(mark)
            guard findings.count < 200, let found = finding(text, at) else { continue }
            let isShown = fences.contains { $0.contains(at) }
            if isShown, found.kind != "exfiltration" { continue }
            findings.append(found)
        }
    }

    private func finding(_ text: ScannedText, _ at: Int) -> Finding? {
        switch text.byte(at) {
        case 0x3C:
            guard let (_, kind, score) = Self.elements.first(where: { text.has($0.0, at: at) }) else { return nil }
            let end = Self.end(of: 0x3E, text, from: at, most: 400)
            if let handler = Self.handler(text, at..<end) {
                return text.finding(Self.about, "handler", handler, score: 0.8, evidence: text.excerpt(at..<end))
            }
            guard score > 0 else { return nil }
            return text.finding(Self.about, kind, at..<end, score: score)
        case 0x5B: return link(text, at)
        case 0x7B:
            guard text.byte(at + 1) == 0x7B || text.byte(at + 1) == 0x25 else { return nil }
            let end = Self.end(of: 0x7D, text, from: at, most: 120)
            let isCode = ["__class__", "__globals__", "config.", "constructor", "import ", "self._"].contains {
                LeakageDetector.find(Array($0.utf8), in: Array(text.bytes[at..<end])) != nil
            }
            return isCode ? text.finding(Self.about, "template", at..<end, score: 0.7) : nil
        default: return nil
        }
    }

    /// A Markdown link or picture whose address carries much along, or is a script.
    private func link(_ text: ScannedText, _ at: Int) -> Finding? {
        let close = Self.end(of: 0x5D, text, from: at, most: 200)
        guard text.byte(close) == 0x28 else { return nil }
        let end = Self.end(of: 0x29, text, from: close, most: 2000)
        if text.has("javascript:", at: close + 1) || text.has("data:text/html", at: close + 1) {
            return text.finding(Self.about, "script", at..<end, score: 0.8)
        }
        let isPicture = text.byte(at - 1) == 0x21
        guard text.has("http", at: close + 1), let query = text.bytes[close..<end].firstIndex(of: 0x3F) else {
            return nil
        }
        let carried = end - 1 - query
        let isHeavy = carried >= (isPicture ? 24 : 200)
        guard isHeavy else { return nil }
        return text.finding(
            Self.about, "exfiltration", (isPicture ? at - 1 : at)..<end, score: isPicture ? 0.7 : 0.4)
    }

    /// `onerror=` and its like within an element, or an address that is a script.
    private static func handler(_ text: ScannedText, _ element: Range<Int>) -> Range<Int>? {
        var at = element.lowerBound + 2
        while at < element.upperBound {
            let byte = text.bytes[at]
            if byte | 0x20 == 0x6F, text.byte(at + 1) | 0x20 == 0x6E, !text.byte(at - 1).isAlphanumeric {
                var end = at + 2
                while text.byte(end).isLetter, end - at < 24 { end += 1 }
                if end - at >= 5, text.byte(end) == 0x3D { return at..<end }
            }
            if byte | 0x20 == 0x6A, text.has("javascript:", at: at) { return at..<(at + 11) }
            at += 1
        }
        return nil
    }

    private static func end(of byte: UInt8, _ text: ScannedText, from: Int, most: Int) -> Int {
        let limit = min(text.bytes.count, from + most)
        return (text.bytes[from..<limit].firstIndex(of: byte)).map { $0 + 1 } ?? limit
    }

    /// Between three backticks and the next three.
    private static func fences(_ text: ScannedText) -> [Range<Int>] {
        var (found, open): ([Range<Int>], Int?) = ([], nil)
        var last = -3
        for mark in text.marks where text.byte(Int(mark)) == 0x60 {
            let at = Int(mark)
            guard at >= last + 3, text.byte(at + 1) == 0x60, text.byte(at + 2) == 0x60 else { continue }
            last = at
            if let start = open {
                found.append(start..<at)
                open = nil
            } else {
                open = at
            }
        }
        if let start = open { found.append(start..<text.bytes.count) }
        return found
    }
}
