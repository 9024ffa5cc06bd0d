import PitGrid
import PitModel

/// A passage that the answer names, as `[2]`.
struct LabelCitation: Equatable, Sendable {
    /// Where its number stands in the answer, in UTF-8 offsets.
    var range: Range<Int>
    /// From 1.
    var passage: Int
}

extension LabelScreen {
    /// Bytes of an answer that citations are looked for in.
    private static let citedReach = 200_000
    private static let foldedPassage = 6

    static let cite = Command<Self>(
        "citation", "C", title: "citation",
        help: "Go to the next place where the answer names a passage, as [1], and show that passage.", hint: 1,
        availability: { screen, world in
            guard let item = screen.item(world), !item.passages.isEmpty else {
                return .refused(because: "no passages are known that this was answered from")
            }
            return screen.citations(world).isEmpty ? .refused(because: "the answer names no passage") : .available
        }
    ) { screen, world in
        let all = screen.citations(world)
        let now = screen.cited.first.flatMap { all.firstIndex(of: $0) } ?? -1
        guard !all.isEmpty else { return [] }
        screen.touch(world)
        screen.cited = [all[(now + 1) % all.count]]
        return screen.reveal(screen.cited[0].range.lowerBound, world)
    }

    /// Where the answer names a passage that there is: `[1]`, `[2, 3]`.
    func citations(_ world: World) -> [LabelCitation] {
        guard let item = item(world), !item.passages.isEmpty, item.target.answers.count == 1 else { return [] }
        let bytes = Array(markedText(world).utf8.prefix(Self.citedReach))
        var (found, at) = ([LabelCitation](), 0)
        while at < bytes.count {
            defer { at += 1 }
            guard bytes[at] == UInt8(ascii: "[") else { continue }
            let end = bytes[(at + 1)...].prefix(40).firstIndex(of: UInt8(ascii: "]"))
            guard let end, bytes[(at + 1)..<end].allSatisfy({ "0123456789, ".utf8.contains($0) }) else { continue }
            for number in bytes[(at + 1)..<end].split(whereSeparator: { $0 == UInt8(ascii: ",") || $0 == 0x20 }) {
                guard let passage = Int(String(decoding: number, as: UTF8.self)),
                    (1...item.passages.count).contains(passage)
                else { continue }
                found.append(LabelCitation(range: number.startIndex..<number.endIndex, passage: passage))
            }
            at = end
        }
        return found
    }

    func citationMarks(_ world: World) -> [TextMarks.Mark] {
        citations(world).map { citation in
            let isShown = cited.first == citation
            return TextMarks.Mark(
                citation.range, isShown ? Ink(.focus, on: .selection, strong: true) : Ink(.key, strong: true))
        }
    }

    /// The passages: the one that is named first where it stands beside the answer, last where it stands above it.
    func passageLines(_ item: LabelItem, _ page: LabelPage, width: Int, limit: Int, isBeside: Bool) -> [DeskLine] {
        let shown = cited.first.map { $0.passage - 1 }
        var order = Array(item.passages.indices)
        if let shown, order.contains(shown) {
            order.removeAll { $0 == shown }
            order.insert(shown, at: isBeside ? 0 : order.count)
        }
        var lines: [DeskLine] = []
        for index in order where lines.count <= limit {
            let most = isWhole || index == shown ? limit : isBeside ? Self.foldedPassage : Self.folded
            lines += part(
                "passage \(index + 1)" + (index == shown ? "   is named here" : ""), item.passages[index], [], page,
                width: width, most: most, ink: Ink(index == shown ? .text : .dim))
        }
        return lines
    }
}
