public import PitModel
import PitParse

/// A file of JSON Lines, its rows as they stand there; or of CSV, its rows as objects by the names of its columns.
public struct TableSource: RowSource {
    private let path: String
    public init(_ path: String) { self.path = path }

    public func read(
        _ take: (ArraySlice<UInt8>) throws(DataFault) -> Void, tell: (Int, Int) -> Void
    ) throws(DataFault) -> DatasetSource {
        var file = try RowFile.open(path, ColumnPaths(nil))
        var source = DatasetSource(file.format == .csv ? "csv" : "jsonl", path)
        var writer = RowWriter()
        while let row = try file.next() {
            if row.isCSV {
                writer.begin()
                for text in row.texts {
                    if text.text.isEmpty {
                        writer.put(text.column, nil as String?)
                    } else if Self.isNumber(text.text) {
                        writer.put(text.column, literal: text.text)
                    } else {
                        writer.put(text.column, text.text)
                    }
                }
                try take(writer.end())
            } else {
                let end = row.bytes.lastIndex { $0 > 0x20 } ?? 0
                let start = row.bytes.firstIndex { $0 > 0x20 } ?? 0
                try take(row.bytes[start...end])
            }
            source.rows += 1
            tell(file.consumed, file.size)
        }
        try file.check()
        source.skipped = file.bad.count
        source.notes = file.bad.first.map { "line \($0.line): \($0.why)" }
        return source
    }

    /// As JSON writes numbers (RFC 8259): `007`, `+1` and `1.` are texts, and stay what they are.
    static func isNumber(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var at = 0
        func digits() -> Int {
            let start = at
            while at < bytes.count, bytes[at] &- 0x30 < 10 { at += 1 }
            return at - start
        }
        if bytes.first == 0x2D { at = 1 }
        let first = at < bytes.count ? bytes[at] : 0
        let whole = digits()
        guard whole > 0, whole == 1 || first != 0x30, bytes.count <= 32 else { return false }
        if at < bytes.count, bytes[at] == 0x2E {
            at += 1
            guard digits() > 0 else { return false }
        }
        if at < bytes.count, bytes[at] | 0x20 == 0x65 {
            at += 1
            if at < bytes.count, bytes[at] == 0x2B || bytes[at] == 0x2D { at += 1 }
            guard digits() > 0 else { return false }
        }
        return at == bytes.count
    }
}

/// A log of chats, JSON Lines in whatever shape exchanges are told: requests and replies, spans, plain columns.
public struct ChatSource: RowSource {
    private let path: String
    public init(_ path: String) { self.path = path }

    public func read(
        _ take: (ArraySlice<UInt8>) throws(DataFault) -> Void, tell: (Int, Int) -> Void
    ) throws(DataFault) -> DatasetSource {
        var lines = try LineFile(path)
        var source = DatasetSource("chat", path)
        let reader = InteractionReader(ConnectionName("collected"))
        var writer = RowWriter()
        while let line = try lines.next() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            tell(lines.consumed, lines.size)
            guard let entry = JSONReader.value(of: Array(line)) else {
                source.skip("line \(lines.line): no JSON")
                continue
            }
            guard let found = reader.read(entry, id: "line-\(lines.line)", at: Timestamp(milliseconds: 0)) else {
                source.skip("line \(lines.line): no exchange with a model")
                continue
            }
            for exchange in found {
                try take(writer.row(of: exchange, release: nil))
                source.rows += 1
            }
        }
        source.skipped += lines.tooLong
        try lines.check()
        return source
    }
}

/// A folder of plain text and Markdown, a row a file: `path`, `text`.
public struct TextFolderSource: RowSource {
    private let path: String
    public init(_ path: String) { self.path = path }

    public func read(
        _ take: (ArraySlice<UInt8>) throws(DataFault) -> Void, tell: (Int, Int) -> Void
    ) throws(DataFault) -> DatasetSource {
        var source = DatasetSource("text", path)
        let folder = KnowledgeFolder(path, files: .max, bytes: .max)
        var writer = RowWriter()
        let outcome: KnowledgeFolder.Outcome
        do throws(KnowledgeReadFault<DataFault>) {
            outcome = try folder.read { (document: KnowledgeFolder.Document) throws(DataFault) in
                writer.begin()
                writer.put("path", document.name)
                writer.put("text", document.text)
                try take(writer.end())
                source.rows += 1
            }
        } catch {
            switch error {
            case .folder(let fault): throw fault
            case .taking(let fault): throw fault
            }
        }
        source.skipped = outcome.skippedCount
        source.notes = outcome.skipped.prefix(20).map { "\($0.document): \($0.why)" }
        return source
    }
}

/// Exchanges that are kept already, a page after the other.
public struct ExchangeSource: RowSource {
    public typealias Page = [(exchange: Interaction, release: String?)]
    private let asked: String
    private let next: () throws(DataFault) -> Page?

    /// - Parameters:
    ///   - asked: which ones, in words.
    ///   - next: the next page; nil behind the last.
    public init(_ asked: String, next: @escaping () throws(DataFault) -> Page?) {
        (self.asked, self.next) = (asked, next)
    }

    public func read(
        _ take: (ArraySlice<UInt8>) throws(DataFault) -> Void, tell: (Int, Int) -> Void
    ) throws(DataFault) -> DatasetSource {
        var source = DatasetSource("interactions", asked)
        var writer = RowWriter()
        while let page = try next() {
            for each in page {
                try take(writer.row(of: each.exchange, release: each.release))
                source.rows += 1
            }
        }
        return source
    }
}
