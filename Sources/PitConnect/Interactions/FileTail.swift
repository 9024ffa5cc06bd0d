import PitModel
import PitParse

/// Reads a file of JSON Lines or CSV that grows, is rotated (renamed, and begun anew) or cut, a piece at a time.
struct FileTail: Sendable {
    enum Format: String { case jsonl, csv }

    let path: String
    let format: Format
    let reader: InteractionReader
    let files: any FileReading
    /// Whether a last line without a line end is one, too: the file is complete.
    var isWhole = false

    /// Bytes of one line at most; a longer one is passed over and counted.
    var longestLine = 16 << 20
    /// Bytes read for one page.
    var pageBytes = 8 << 20
    var chunk = 1 << 20

    func page(after cursor: String?, limit: Int) throws(ConnectorFault) -> InteractionPage {
        var page = InteractionPage(cursor: cursor ?? "")
        let known = cursor.flatMap(FileCursor.init)
        guard let current = try files.facts(path) else {
            // Between the renaming and the first line of the new one there is none for a moment.
            guard known != nil else { throw .file("there is no file \(path)") }
            page.warnings.append("\(path) is not there at the moment")
            return page
        }
        guard var place = known else {
            return try read(path, current, FileCursor(current), limit, isLast: isWhole, page)
        }
        if place.isAt(current) {
            if try isCut(place, current) {
                page.warnings.append("\(path) was cut and is read from its beginning")
                place = FileCursor(current)
            }
            return try read(path, current, place, limit, isLast: isWhole, page)
        }
        return try readRotated(place, current, limit, page)
    }

    /// Whether the file was written anew under the same inode.
    private func isCut(_ place: FileCursor, _ facts: FileFacts) throws(ConnectorFault) -> Bool {
        if facts.size < place.offset { return true }
        guard place.headLength > 0 else { return false }
        let head = try files.bytes(path, facts, from: 0, count: place.headLength)
        return head.count == place.headLength && FileCursor.hash(head) != place.head
    }

    /// The file that was read has another name now. What it still has is read, then those that came after it, then
    /// the one that has its name.
    private func readRotated(
        _ place: FileCursor, _ current: FileFacts, _ limit: Int, _ page: InteractionPage
    ) throws(ConnectorFault) -> InteractionPage {
        var page = page
        var others: [(path: String, facts: FileFacts)] = []
        for path in files.siblings(path) where !Self.isPacked(path) {
            if let facts = try? files.facts(path), !facts.isSame(current) { others.append((path, facts)) }
        }
        guard let old = others.first(where: { place.isAt($0.facts) }) else {
            page.warnings.append("\(path) was rotated and what it was is gone: its last lines may not have been read")
            return try read(path, current, FileCursor(current), limit, isLast: isWhole, page)
        }
        // As long as the new one is empty its writer may not have noticed.
        let isLeft = current.size > 0
        page = try read(old.path, old.facts, place, limit, isLast: isLeft, page)
        guard !page.hasMore, isLeft else { return page }
        page.cursor = FileCursor(Self.successor(of: old, among: others) ?? current).text
        page.hasMore = true
        return page
    }

    /// The rotated file that was begun after another: the next lower number where they are numbered, the next by age
    /// else. Nil: it is the one that has the name now.
    private static func successor(
        of old: (path: String, facts: FileFacts), among others: [(path: String, facts: FileFacts)]
    ) -> FileFacts? {
        if let number = number(old.path) {
            let lower = others.compactMap { other in
                Self.number(other.path).flatMap { $0 < number ? ($0, other.facts) : nil }
            }
            return lower.max { $0.0 < $1.0 }?.1
        }
        let later = others.filter { $0.facts.modified > old.facts.modified }
        return later.min { $0.facts.modified < $1.facts.modified }?.facts
    }

    private static func number(_ path: String) -> Int? { path.split(separator: ".").last.flatMap { Int($0) } }

    private static func isPacked(_ path: String) -> Bool {
        [".gz", ".xz", ".zst", ".bz2"].contains { path.hasSuffix($0) }
    }

    // MARK: -

    private func read(
        _ path: String, _ facts: FileFacts, _ start: FileCursor, _ limit: Int, isLast: Bool, _ page: InteractionPage
    ) throws(ConnectorFault) -> InteractionPage {
        var (page, place) = (page, start)
        var buffer: [UInt8] = []
        // Where in the file the buffer ends.
        var end = place.offset
        let header = try readHeader(path, facts, &place, &end)
        if format == .csv, header == nil {
            page.cursor = place.text
            return page
        }
        var isEnd = false
        while page.interactions.count < limit, !isEnd {
            let bytes = try files.bytes(path, facts, from: end, count: chunk)
            isEnd = bytes.count < chunk
            end += bytes.count
            buffer += bytes
            take(&buffer, &place, header, facts, limit, isLast: isLast && isEnd, &page)
            if end - start.offset >= pageBytes, place.offset > start.offset { break }
        }
        if place.headLength < FileCursor.longestHead, place.headLength < place.offset {
            let head = try files.bytes(path, facts, from: 0, count: min(place.offset, FileCursor.longestHead))
            (place.headLength, place.head) = (head.count, FileCursor.hash(head))
        }
        page.cursor = place.text
        page.hasMore = !isEnd || page.interactions.count >= limit && !buffer.isEmpty
        return page
    }

    /// The names of a CSV file's columns; the place moves behind them when it is before.
    private func readHeader(
        _ path: String, _ facts: FileFacts, _ place: inout FileCursor, _ end: inout Int
    ) throws(ConnectorFault) -> [String]? {
        guard format == .csv else { return nil }
        let bytes = try files.bytes(path, facts, from: 0, count: 256 << 10)
        guard let length = CSVRecords.end(of: bytes, from: 0) else {
            if bytes.count == 256 << 10 { throw .file("\(path) has no line with the names of its columns") }
            return nil
        }
        if place.offset == 0 { (place.offset, place.line, end) = (length, 1, length) }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return CSVRecords.fields(of: bytes[(bytes.starts(with: mark) ? 3 : 0)..<length])
    }

    /// Takes whole lines off the buffer's front.
    private func take(
        _ buffer: inout [UInt8], _ place: inout FileCursor, _ header: [String]?, _ facts: FileFacts, _ limit: Int,
        isLast: Bool, _ page: inout InteractionPage
    ) {
        var at = 0
        while page.interactions.count < limit, at < buffer.count {
            var next = format == .csv ? CSVRecords.end(of: buffer, from: at) : Self.lineEnd(of: buffer, from: at)
            if next == nil, isLast { next = buffer.count }
            guard let stop = next else { break }
            place.line += 1
            if place.isSkipping {
                place.isSkipping = false
            } else if stop - at > longestLine {
                page.skip(place.line, "longer than \(longestLine >> 20) MiB")
            } else {
                read(buffer[at..<stop], place, header, facts, &page)
            }
            place.offset += stop - at
            at = stop
        }
        buffer.removeFirst(at)
        guard buffer.count > longestLine, page.interactions.count < limit else { return }
        if !place.isSkipping { page.skip(place.line + 1, "longer than \(longestLine >> 20) MiB") }
        place.isSkipping = true
        place.offset += buffer.count
        buffer.removeAll()
    }

    private static func lineEnd(of bytes: [UInt8], from start: Int) -> Int? {
        bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 }
    }

    private func read(
        _ line: ArraySlice<UInt8>, _ place: FileCursor, _ header: [String]?, _ facts: FileFacts,
        _ page: inout InteractionPage
    ) {
        var line = line
        if place.offset == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) else { return }
        let value = header.map { CSVRecords.object(line, header: $0) } ?? JSONReader.value(of: line)
        guard let value else {
            let why = header.map { "not a record of \($0.count) fields" } ?? "not JSON"
            return page.skip(place.line, why)
        }
        // The same line has the same id, under whatever name its file goes.
        let id = "\(String(FileCursor.hash(line), radix: 16))@\(place.offset)"
        guard let found = reader.read(value, id: id, at: facts.modified) else {
            return page.skip(place.line, "no exchange in it: say in `fields` where prompt and response are")
        }
        page.interactions += found
    }
}
