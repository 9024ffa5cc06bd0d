public import PitModel
import PitParse

/// Texts of a file's members, evenly many of all rows (Vitter's algorithm R, the same each time), for a server to count
/// their tokens.
public struct TokenSample: Sendable {
    public struct Member: Sendable {
        public var name: String
        /// With the line that each stands in.
        public var texts: [(line: Int, text: TokenizedText)]
    }

    public static let mostRows = 100_000
    /// Bytes of a row that is looked at, and of all that are held.
    private static let (longest, room) = (1 << 20, 128 << 20)
    /// Characters that a member's texts have on the average, if nobody asked for it by name.
    private static let worthwhile = 20

    public private(set) var members: [Member] = []
    /// Rows of the file, and those that were passed over because they are too long.
    public private(set) var (rows, tooLong) = (0, 0)
    public private(set) var bad = BadRows()
    /// Rows that the texts are from.
    public private(set) var lookedAt = 0

    /// - Parameters:
    ///   - names: the members that are wanted; without them chats, and texts that are more than words.
    ///   - most: rows that are looked at.
    public static func read(
        _ path: String, members names: [String] = [], most: Int, tell: (Int, Int) -> Void = { _, _ in }
    ) throws(DataFault) -> TokenSample {
        var sample = TokenSample()
        var chosen: [(line: Int, size: Int, value: JSONValue)] = []
        var file = try RowFile.open(path, ColumnPaths(nil))
        var (random, size): (UInt64, Int) = (0x9e37_79b9_7f4a_7c15, 0)
        while let row = try file.next() {
            if sample.rows.isMultiple(of: 256) {
                tell(file.consumed, file.size)
                if Task.isCancelled { throw .refused("stopped", hint: "Ask for it again.") }
            }
            sample.rows += 1
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            let place = Int(random.multipliedFullWidth(by: UInt64(sample.rows)).high)
            guard chosen.count < most || place < most else { continue }
            let held = row.bytes.count
            guard held <= longest, size + held <= room, let value = row.value else {
                sample.tooLong += 1
                continue
            }
            size += held
            if chosen.count < most {
                chosen.append((row.line, held, value))
            } else {
                size -= chosen[place].size
                chosen[place] = (row.line, held, value)
            }
        }
        try file.check()
        guard sample.rows > 0 else { throw .empty(path: path) }
        (sample.bad, sample.lookedAt) = (file.bad, chosen.count)
        sample.take(chosen.sorted { $0.line < $1.line }, names)
        if let missing = names.first(where: { name in !sample.members.contains { $0.name == name } }) {
            throw .refused(
                "no row of \(path) has a text or a chat under `\(missing)`",
                hint: "See what there is: pitwall data profile \(path)")
        }
        guard !sample.members.isEmpty else {
            throw .refused("no row of \(path) has a text", hint: "See what there is: pitwall data profile \(path)")
        }
        return sample
    }

    private mutating func take(_ chosen: [(line: Int, size: Int, value: JSONValue)], _ names: [String]) {
        var places: [String: Int] = [:]
        var found: [Member] = []
        for row in chosen {
            let all = names.isEmpty ? row.value.members?.map(\.key) ?? [] : names
            for name in all {
                guard let value = names.isEmpty ? row.value[name] : row.value.at(name),
                    let text = Self.text(value)
                else { continue }
                let place = places[name] ?? found.count
                if place == found.count {
                    // JSON that makes up names ends there.
                    guard found.count < 200 else { continue }
                    found.append(Member(name: name, texts: []))
                }
                places[name] = place
                found[place].texts.append((row.line, text))
            }
        }
        let worthwhile = found.filter(Self.isWorthwhile)
        members = names.isEmpty && !worthwhile.isEmpty ? worthwhile : found
    }

    private static func text(_ value: JSONValue) -> TokenizedText? {
        if let text = value.text { return text.isEmpty ? nil : .text(text) }
        guard value.list != nil else { return nil }
        let messages = ImportedItem.messages(value).map { ChatMessage($0.role, $0.text) }
        return messages.isEmpty ? nil : .chat(messages)
    }

    private static func isWorthwhile(_ member: Member) -> Bool {
        var characters = 0
        for case (_, .text(let text)) in member.texts { characters += text.utf8.count }
        if member.texts.contains(where: { if case .chat = $0.text { true } else { false } }) { return true }
        return characters >= worthwhile * member.texts.count
    }
}
