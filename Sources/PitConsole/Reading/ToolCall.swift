import PitGrid

/// JSON on one line, as it is sent to tools and comes back from them, put into lines: what is called stands first.
enum ToolCall {
    /// Levels that are opened; what is deeper stays as it was written.
    private static let deepest = 12
    /// Bytes of a list or an object that stays on its line.
    private static let short = 60
    private static let mostLines = 2000

    /// Nil when the line is no such JSON.
    static func lines(_ bytes: [UInt8], _ line: Range<Int>, ink: Ink) -> [TextLine]? {
        let text = bytes[line]
        guard let first = text.first, let last = text.last, line.count > 2 else { return nil }
        let isObject = first == UInt8(ascii: "{") && last == UInt8(ascii: "}")
        guard isObject || (first == UInt8(ascii: "[") && last == UInt8(ascii: "]")) else { return nil }
        let json = JSONPieces(bytes)
        guard let pieces = isObject ? [line] : json.elements(line), !pieces.isEmpty else { return nil }
        var lines: [TextLine] = []
        for piece in pieces.prefix(256) {
            guard let members = json.members(piece), !members.isEmpty else { return nil }
            if let call = call(json, members, ink) {
                lines += call
            } else {
                var writer = JSONWriter(json: json, ink: ink, offset: nil)
                writer.write(piece, depth: 0, before: [])
                lines += writer.lines
            }
        }
        return Array(lines.prefix(mostLines))
    }

    /// `→ name  id`, and what it is called with.
    private static func call(_ json: JSONPieces, _ members: [JSONPieces.Member], _ ink: Ink) -> [TextLine]? {
        let inner = members.first { json.word($0.key) == "function" }.flatMap { json.members($0.value) } ?? members
        guard let name = inner.first(where: { json.word($0.key) == "name" }), json.isString(name.value),
            let given = inner.first(where: { ["arguments", "input", "args"].contains(json.word($0.key)) })
        else { return nil }
        var head = [
            TextRun(drawn: "→ ", Ink(.key)),
            TextRun(json.inside(name.value), Ink(.key, on: ink.ground, strong: true)),
        ]
        if let id = members.first(where: { json.word($0.key) == "id" }), json.isString(id.value) {
            head += [TextRun(drawn: "  ", ink), TextRun(json.inside(id.value), Ink(.dim, on: ink.ground))]
        }
        var lines = [TextLine(runs: head)]
        if json.isString(given.value), let plain = json.unescaped(given.value) {
            // Told in a text of its own: what stands in it stands at the text's place.
            let nested = JSONPieces(Array(plain.utf8))
            var writer = JSONWriter(json: nested, ink: ink, offset: given.value.lowerBound)
            writer.write(0..<nested.bytes.count, depth: 1, before: [])
            lines += writer.lines
        } else {
            var writer = JSONWriter(json: json, ink: ink, offset: nil)
            writer.write(given.value, depth: 1, before: [])
            lines += writer.lines
        }
        return lines
    }

    /// Writes a value in lines.
    private struct JSONWriter {
        let json: JSONPieces
        let ink: Ink
        /// Where all of it stands in the text that is shown, when it is not that text.
        let offset: Int?
        var lines: [TextLine] = []

        private func run(_ range: Range<Int>, _ ink: Ink) -> TextRun {
            guard let offset else { return TextRun(range, ink) }
            return TextRun(drawn: String(decoding: json.bytes[range], as: UTF8.self), ink, at: offset)
        }

        private mutating func add(_ runs: [TextRun], _ depth: Int) {
            guard lines.count < ToolCall.mostLines else { return }
            let space = String(repeating: "  ", count: depth)
            lines.append(
                TextLine(
                    runs: runs, lead: [TextRun(drawn: space, ink)], hanging: [TextRun(drawn: space + "  ", ink)]))
        }

        /// An object's members stand below what is before it, without brackets: what is deeper is further in.
        mutating func write(_ value: Range<Int>, depth: Int, before: [TextRun]) {
            let isFlat = value.count <= ToolCall.short && !json.isNested(value)
            if !isFlat, depth < ToolCall.deepest {
                if let members = json.members(value), !members.isEmpty {
                    if !before.isEmpty { add(before, depth) }
                    let inner = before.isEmpty ? depth : depth + 1
                    for member in members where lines.count < ToolCall.mostLines {
                        write(member.value, depth: inner, before: key(member.key))
                    }
                    return
                }
                if let elements = json.elements(value), !elements.isEmpty {
                    if !before.isEmpty { add(before, depth) }
                    let inner = before.isEmpty ? depth : depth + 1
                    for element in elements where lines.count < ToolCall.mostLines {
                        write(element, depth: inner, before: [TextRun(drawn: "-", Ink(.dim))])
                    }
                    return
                }
            }
            if isFlat, before.isEmpty, let members = json.members(value), !members.isEmpty {
                for member in members { write(member.value, depth: depth, before: key(member.key)) }
                return
            }
            let gap = before.isEmpty ? [] : [TextRun(drawn: " ", ink)]
            if json.isString(value), let plain = json.unescaped(value), value.count > plain.utf8.count + 2 {
                let place = offset ?? value.lowerBound
                for (index, line) in plain.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                    let words = TextRun(drawn: String(line), ink, at: place)
                    add(index == 0 ? before + gap + [words] : [TextRun(drawn: "  ", ink), words], depth)
                }
                return
            }
            add(before + gap + [run(json.isString(value) ? json.inside(value) : value, ink)], depth)
        }

        private func key(_ key: Range<Int>) -> [TextRun] {
            [run(json.inside(key), Ink(.dim, on: ink.ground)), TextRun(drawn: ":", Ink(.dim, on: ink.ground))]
        }
    }
}
