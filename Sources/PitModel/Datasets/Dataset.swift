/// A dataset as it was collected: rows that never change, and where they came from.
public struct Dataset: Equatable, Codable, Sendable, Identifiable {
    public var name: String
    /// From 1, by name; 0 before it is kept.
    public var version: Int
    /// SHA-256 of the file of rows, in hexadecimal digits: the same rows have the same.
    public var hash: String
    public var rows: Int
    /// Of the file of rows.
    public var bytes: Int
    public var sources: [DatasetSource]
    public var author: String
    public var at: Timestamp

    public init(
        name: String, version: Int = 0, hash: String, rows: Int, bytes: Int, sources: [DatasetSource], author: String,
        at: Timestamp
    ) {
        (self.name, self.version, self.hash, self.rows, self.bytes) = (name, version, hash, rows, bytes)
        (self.sources, self.author, self.at) = (sources, author, at)
    }

    /// `chats@2`.
    public var id: String { "\(name)@\(version)" }

    /// Letters, digits, `.`, `_` and `-`, a letter first, 64 at most: what can stand in a command and beside an `@`.
    public static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || $0 &- 0x30 < 10 || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}

/// Where rows of a dataset came from.
public struct DatasetSource: Equatable, Codable, Sendable {
    /// `jsonl`, `csv`, `text`, `git`, `chat` or `interactions`.
    public var kind: String
    /// A path, or what was asked for.
    public var place: String
    public var rows = 0
    /// Lines, files or exchanges that were left out.
    public var skipped = 0
    /// Of a checkout: the commit, with `+changes` where files differ from it.
    public var revision: String?
    /// Of a checkout: its licence files, and which licence each seems to be.
    public var license: String?
    /// Files of a checkout by language, the most first.
    public var languages: [String: Int]?
    /// The first things that were left out, and why.
    public var notes: [String] = []

    public init(_ kind: String, _ place: String) { (self.kind, self.place) = (kind, place) }

    /// `git ~/shop 4f2a9c1 (LICENSE: Apache-2.0)`.
    public var words: String {
        [kind, place, revision.map { String($0.prefix(12)) + ($0.hasSuffix("+changes") ? "+changes" : "") }]
            .compactMap { $0 }.joined(separator: " ") + (license.map { " (\($0))" } ?? "")
    }
}

/// What names a dataset: a name, a name and a version, or the beginning of a hash.
public enum DatasetReference: Equatable, Sendable {
    case name(String, version: Int?)
    case hash(String)

    /// Nil for what can be none of them.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2 {
            guard Dataset.isName(parts[0]), let version = Int(parts[1]), version > 0 else { return nil }
            self = .name(parts[0], version: version)
        } else if Self.isHash(text) {
            self = .hash(text)
        } else if Dataset.isName(text) {
            self = .name(text, version: nil)
        } else {
            return nil
        }
    }

    private static func isHash(_ text: String) -> Bool {
        (8...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x61 < 6 }
    }

    /// Whether a name could be taken for the beginning of a hash.
    public static func isAmbiguous(_ name: String) -> Bool { isHash(name) }
}
