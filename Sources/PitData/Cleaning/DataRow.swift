import PitParse

/// One row as it stands in its file, and its texts. What is not changed is written as it was read, byte for byte.
struct DataRow {
    /// A text of the row and where it stands in the bytes, quotes and all.
    struct Text {
        var column: String
        var place: Range<Int>
        var text: String
    }

    /// Of the line that it begins with, from 1.
    var line: Int
    /// Without the line's end.
    var bytes: [UInt8]
    var texts: [Text]
    var isCSV: Bool

    /// Puts other texts in the places of those that differ.
    func written(with texts: [CleanedText]) -> ArraySlice<UInt8> {
        var (result, at, isChanged) = ([UInt8](), 0, false)
        for (old, new) in zip(self.texts, texts) where !old.text.isSame(as: new.text) {
            if !isChanged { result.reserveCapacity(bytes.count) }
            isChanged = true
            result += bytes[at..<old.place.lowerBound]
            if isCSV { Self.field(new.text, &result) } else { Self.string(new.text, &result) }
            at = old.place.upperBound
        }
        guard isChanged else { return bytes[...] }
        result += bytes[at...]
        return result[...]
    }

    private static func string(_ text: String, _ result: inout [UInt8]) {
        var json = JSONBytes(capacity: text.utf8.count + 16)
        json.string(text)
        json.withBytes { result += $0 }
    }

    /// RFC 4180. A text that a spreadsheet would take for a formula stays what it is: it was so before.
    private static func field(_ text: String, _ result: inout [UInt8]) {
        let needsQuotes = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else {
            result += text.utf8
            return
        }
        result.append(0x22)
        for byte in text.utf8 {
            if byte == 0x22 { result.append(0x22) }
            result.append(byte)
        }
        result.append(0x22)
    }
}

extension String {
    /// Whether two texts are the same bytes; `==` takes those for the same that merely look it (Unicode's canonical
    /// equivalence).
    func isSame(as other: String) -> Bool { utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8) }
}

/// Which texts of a row are meant: paths such as `answer.text` and `messages.*.content`, a star for every place of a list.
struct ColumnPaths: Sendable {
    /// Nil: all.
    private let wanted: Set<String>?

    init(_ paths: [String]?) { wanted = paths.map { Set($0) } }

    func takes(_ path: String) -> Bool { wanted?.contains(path) ?? true }
}

/// Finds the texts of a JSON object with their places.
struct RowTexts {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let paths: ColumnPaths
    private var at = 0
    private var texts: [DataRow.Text] = []

    /// - Parameter bytes: one JSON object that `JSONReader` can read.
    static func of(_ bytes: [UInt8], _ paths: ColumnPaths) -> [DataRow.Text] {
        bytes.withUnsafeBufferPointer { buffer in
            var walk = RowTexts(bytes: buffer, paths: paths)
            walk.value("")
            return walk.texts
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, paths: ColumnPaths) { (self.bytes, self.paths) = (bytes, paths) }

    private mutating func space() {
        while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        space()
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func value(_ path: String) {
        space()
        guard at < bytes.count else { return }
        switch bytes[at] {
        case 0x22:
            let start = at
            skipString()
            guard paths.takes(path) else { return }
            texts.append(.init(column: path, place: start..<at, text: Self.decoded(bytes, start..<at)))
        case 0x7B:
            at += 1
            while at < bytes.count, !take(0x7D) {
                space()
                let start = at
                skipString()
                let name = Self.decoded(bytes, start..<at)
                guard take(0x3A) else { return }
                value(path.isEmpty ? name : "\(path).\(name)")
                _ = take(0x2C)
            }
        case 0x5B:
            at += 1
            while at < bytes.count, !take(0x5D) {
                value("\(path).*")
                _ = take(0x2C)
            }
        default:
            while at < bytes.count, bytes[at] != 0x2C, bytes[at] != 0x7D, bytes[at] != 0x5D { at += 1 }
        }
    }

    private mutating func skipString() {
        at += 1
        while at < bytes.count, bytes[at] != 0x22 { at += bytes[at] == 0x5C ? 2 : 1 }
        at = min(bytes.count, at + 1)
    }

    private static func decoded(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>) -> String {
        guard place.count >= 2 else { return "" }
        let inner = UnsafeBufferPointer(rebasing: bytes[place.lowerBound + 1..<place.upperBound - 1])
        guard inner.contains(0x5C) else { return String(decoding: inner, as: UTF8.self) }
        return JSONReader.value(of: UnsafeBufferPointer(rebasing: bytes[place]))?.text ?? ""
    }
}
