import Glibc
import PitParse

/// Reads entries one after the other from a file that may be anything: the members of a JSON array, lines of JSON, records
/// of CSV. Memory holds a piece of the file and one entry.
struct EntryReader {
    enum Form { case lines, values, records }

    /// An entry, and where it is: a line's number, or a place in the array, from 1.
    struct Entry {
        var number: Int
        /// Nil where it could not be understood.
        var value: JSONValue?
        var reason = ""
    }

    /// Bytes of one entry; a longer one is passed over and counted.
    static let longest = 16 << 20
    private static let piece = 1 << 20

    let path: String
    private let file: SharedFile
    private var form: Form
    private var bytes: [UInt8] = []
    /// How many of them were taken already: they go when more are read.
    private var head = 0
    private var isEnd = false
    private var number = 0
    private var header: [String]?
    /// Whether the array that the members are of was entered.
    private var isInArray = false

    /// A descriptor that is closed with the last who has it.
    private final class SharedFile {
        let number: Int32
        init(_ number: Int32) { self.number = number }
        deinit { close(number) }
    }

    init(_ path: String, _ form: Form) throws(DataFault) {
        self.path = path
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard opened >= 0 else { throw .unreadable(path: path, why: String(cString: strerror(errno))) }
        file = SharedFile(opened)
        self.form = form
        var facts = stat()
        guard fstat(opened, &facts) == 0, facts.st_mode & S_IFMT != S_IFDIR else {
            throw .unreadable(path: path, why: "it is a folder")
        }
        try fill()
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        while !isEnd, !bytes.contains(where: { $0 > 0x20 }), bytes.count < Self.longest { try fill() }
        guard let first = bytes.first(where: { $0 > 0x20 }) else { throw .empty(path: path) }
        // One object a line is also what many name `.json`.
        if form == .values, first == 0x7B, let end = bytes.firstIndex(of: 0x0A),
            JSONReader.value(of: bytes[..<end]) != nil
        {
            self.form = .lines
        }
    }

    private mutating func fill() throws(DataFault) {
        guard !isEnd else { return }
        let part = try FilePiece.next(of: file.number, most: Self.piece, path: path)
        bytes.removeFirst(head)
        head = 0
        bytes += part
        isEnd = part.isEmpty
    }

    /// The next entry; nil at the end.
    mutating func next() throws(DataFault) -> Entry? {
        switch form {
        case .lines: try nextLine()
        case .values: try nextValue()
        case .records: try nextRecord()
        }
    }

    // MARK: - Lines

    private mutating func nextLine() throws(DataFault) -> Entry? {
        while true {
            guard let line = try cut(where: Self.lineEnd) else {
                if isEnd, head == bytes.count { return nil }
                return try passOver()
            }
            number += 1
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            guard let value = JSONReader.value(of: line) else {
                return Entry(number: number, value: nil, reason: "no JSON")
            }
            return Entry(number: number, value: value)
        }
    }

    private static func lineEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count else { return nil }
            return memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - base + 1 }
        }
    }

    /// Takes bytes up to an end off the front; nil when it is too far off, or when nothing is left.
    private mutating func cut(where end: ([UInt8], Int) -> Int?) throws(DataFault) -> ArraySlice<UInt8>? {
        while true {
            if let end = end(bytes, head) ?? (isEnd && head < bytes.count ? bytes.count : nil) {
                defer { head = end }
                return bytes[head..<end]
            }
            guard !isEnd, bytes.count - head < Self.longest else { return nil }
            try fill()
        }
    }

    /// What follows cannot be told apart any more without its end: the rest of the line is passed over.
    private mutating func passOver() throws(DataFault) -> Entry {
        number += 1
        while true {
            if let end = Self.lineEnd(bytes, head) {
                head = end
                break
            }
            head = bytes.count
            if isEnd { break }
            try fill()
        }
        return Entry(number: number, value: nil, reason: "longer than \(Self.longest >> 20) MiB")
    }

    // MARK: - Records

    private mutating func nextRecord() throws(DataFault) -> Entry? {
        while true {
            guard let record = try cut(where: CSVRecords.end) else {
                if isEnd, head == bytes.count { return nil }
                return try passOver()
            }
            number += 1
            guard record.contains(where: { $0 != 0x0A && $0 != 0x0D }) else { continue }
            guard let header else {
                header = CSVRecords.fields(of: record)
                continue
            }
            guard let value = CSVRecords.object(record, header: header) else {
                return Entry(number: number, value: nil, reason: "not \(header.count) fields")
            }
            return Entry(number: number, value: value)
        }
    }

    // MARK: - Values

    private mutating func nextValue() throws(DataFault) -> Entry? {
        while true {
            while head < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[head]) { head += 1 }
            guard head < bytes.count else {
                if isEnd { return nil }
                try fill()
                continue
            }
            let first = bytes[head]
            guard !isInArray && first == 0x5B || isInArray && (first == 0x2C || first == 0x5D) else {
                return try element()
            }
            isInArray = true
            head += 1
        }
    }

    /// Where within an element the reader is.
    private struct Place {
        var depth = 0
        var isText = false
        var isEscaped = false

        /// Takes a byte; gives whether the element ended before it, or with it.
        mutating func take(_ byte: UInt8) -> (before: Bool, with: Bool) {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == 0x5C {
                    isEscaped = true
                } else {
                    isText = byte != 0x22
                }
                return (false, false)
            }
            switch byte {
            case 0x22: isText = true
            case 0x7B, 0x5B: depth += 1
            case 0x2C: return (depth == 0, false)
            case 0x7D, 0x5D:
                if depth == 0 { return (true, false) }
                depth -= 1
                return (false, depth == 0)
            default: break
            }
            return (false, false)
        }
    }

    /// The element that begins at the front.
    private mutating func element() throws(DataFault) -> Entry {
        number += 1
        var (at, place, isTooLong) = (head, Place(), false)
        while true {
            while at < bytes.count {
                let ends = place.take(bytes[at])
                if ends.before || ends.with {
                    // Something that is no value at all still moves on.
                    return finish(ends.with || at == head ? at + 1 : at, isTooLong)
                }
                at += 1
            }
            if isEnd { return finish(at, isTooLong) }
            if bytes.count - head > Self.longest { (isTooLong, head) = (true, bytes.count) }
            at -= head
            try fill()
        }
    }

    private mutating func finish(_ end: Int, _ isTooLong: Bool) -> Entry {
        defer { head = end }
        if isTooLong { return Entry(number: number, value: nil, reason: "longer than \(Self.longest >> 20) MiB") }
        guard let value = JSONReader.value(of: bytes[head..<end]) else {
            return Entry(number: number, value: nil, reason: "no JSON")
        }
        return Entry(number: number, value: value)
    }
}
