/// A text with places to fill in: `{{ name }}`, names of letters, digits, `_`, `-` and `.`, as MLflow writes them. Braces
/// around anything else are text.
public struct PromptTemplate: Equatable, Sendable {
    public enum Piece: Equatable, Sendable {
        case text(String)
        /// The name, and as it is written.
        case variable(String, written: String)
    }
    public private(set) var pieces: [Piece] = []

    public init(_ text: String) {
        let bytes = Array(text.utf8)
        let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
        var (start, place) = (0, 0)
        func words(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        while place + 3 < bytes.count {
            guard bytes[place] == open, bytes[place + 1] == open else {
                place += 1
                continue
            }
            var end = place + 2
            while end < bytes.count, Self.isName(bytes[end]) || bytes[end] == 0x20 { end += 1 }
            let inside = bytes[(place + 2)..<end].drop { $0 == 0x20 }
            let name = inside.prefix { $0 != 0x20 }
            let isWhole = inside.dropFirst(name.count).allSatisfy { $0 == 0x20 }
            guard end + 1 < bytes.count, bytes[end] == close, bytes[end + 1] == close, !name.isEmpty, isWhole else {
                place += 1
                continue
            }
            if start < place { pieces.append(.text(words(start..<place))) }
            pieces.append(.variable(String(decoding: name, as: UTF8.self), written: words(place..<(end + 2))))
            place = end + 2
            start = place
        }
        if start < bytes.count { pieces.append(.text(words(start..<bytes.count))) }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x2D || byte == 0x2E
    }

    /// Names in the order in which they first stand.
    public var variables: [String] {
        var seen: Set<String> = []
        return pieces.compactMap { piece in
            guard case .variable(let name, _) = piece, seen.insert(name).inserted else { return nil }
            return name
        }
    }

    /// With variables replaced; what has no value stays as it is written. A value's own braces are text.
    public func filled(_ values: [String: String]) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .variable(let name, let written): values[name] ?? written
            }
        }.joined()
    }
}

/// What differs between two versions of a text, line by line.
public struct PromptDiff: Equatable, Sendable {
    public enum Kind: Equatable, Sendable { case same, removed, added }
    public struct Line: Equatable, Sendable {
        public var kind: Kind
        public var text: String
    }
    public private(set) var lines: [Line] = []
    /// Lines of either text beyond which all of the old one is shown as removed.
    private static let most = 4000

    /// Myers' shortest edit script; what is taken away stands before what is put in its place.
    public init(_ old: String, _ new: String) {
        func split(_ text: String) -> [String] {
            text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        let (before, after) = (split(old), split(new))
        var (removed, added): (Set<Int>, Set<Int>) = ([], [])
        if before.count > Self.most || after.count > Self.most {
            (removed, added) = old == new ? ([], []) : (Set(before.indices), Set(after.indices))
        } else {
            for change in after.difference(from: before) {
                switch change {
                case .remove(let offset, _, _): removed.insert(offset)
                case .insert(let offset, _, _): added.insert(offset)
                }
            }
        }
        var (a, b) = (0, 0)
        while a < before.count || b < after.count {
            if a < before.count, removed.contains(a) {
                lines.append(Line(kind: .removed, text: before[a]))
                a += 1
            } else if b < after.count, added.contains(b) {
                lines.append(Line(kind: .added, text: after[b]))
                b += 1
            } else {
                if a < before.count { lines.append(Line(kind: .same, text: before[a])) }
                (a, b) = (a + 1, b + 1)
            }
        }
    }

    public var isSame: Bool { lines.allSatisfy { $0.kind == .same } }
}
