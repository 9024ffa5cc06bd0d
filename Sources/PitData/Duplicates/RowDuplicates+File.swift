import Glibc
import PitModel

extension RowDuplicates {
    /// Looks through a file of JSON Lines or CSV, and writes what is kept of it, byte for byte as it was. Lines of JSON are
    /// read on both cores.
    ///
    /// - Parameters:
    ///   - out: where the rows that are kept go; only counts without it.
    ///   - tell: how many bytes of how many are read, now and then.
    public static func run(
        _ path: String, _ options: Options, out: String? = nil,
        tell: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws(DataFault) -> Found {
        if let out, RowFile.isSame(path, out) {
            throw .refused("\(out) is the file itself that is read", hint: "Name another one with --out.")
        }
        var kept: NewFile? = if let out { try NewFile(out) } else { nil }
        let found =
            try RowFile.format(of: path) == .csv
            ? table(path, options, &kept, tell) : await lines(path, options, &kept, tell)
        // What would be a misunderstanding is refused, and then nothing is written.
        if found.rows > 0, found.without == found.rows {
            throw .refused(
                "no row of \(path) has \(options.fields.joined(separator: " or "))",
                hint: "See what there is: pitwall data profile \(path)")
        }
        try kept?.finish()
        return found
    }

    private static func table(
        _ path: String, _ options: Options, _ kept: inout NewFile?, _ tell: (Int, Int) -> Void
    ) throws(DataFault) -> Found {
        var rows = try RowFile.open(path, ColumnPaths(options.fields))
        try kept?.put(line: rows.head[...])
        var (duplicates, count) = (RowDuplicates(options), 0)
        while let row = try rows.next() {
            count += 1
            if count.isMultiple(of: 256) { tell(rows.consumed, rows.size) }
            // A field of nothing says nothing.
            let texts = options.fields.map { name in row.texts.first { $0.column == name && !$0.text.isEmpty }?.text }
            if duplicates.kind(of: texts, line: row.line) == .first { try kept?.put(line: row.bytes[...]) }
        }
        try rows.check()
        duplicates.found.bad = rows.bad
        return duplicates.finish()
    }

    /// Lines and what they are known by.
    private struct Traced: Sendable {
        var batch: LineBatches.Batch
        /// Where each line begins, and where the last one ends.
        var starts: [Int] = []
        var traces: TextTraces
        var consumed: Int
    }

    private static func lines(
        _ path: String, _ options: Options, _ kept: inout NewFile?, _ tell: (Int, Int) -> Void
    ) async throws(DataFault) -> Found {
        var batches = try LineBatches(path)
        var (duplicates, line) = (RowDuplicates(options), 0)
        var ahead: [Task<Traced, Never>] = []
        var isEnd = false
        while true {
            while !isEnd, ahead.count < 4 {
                guard let batch = try batches.next() else {
                    isEnd = true
                    break
                }
                let consumed = batches.consumed
                ahead.append(Task { trace(batch, options, consumed) })
            }
            guard !ahead.isEmpty else { break }
            let traced = await ahead.removeFirst().value
            for _ in 0..<traced.batch.tooLong {
                line += 1
                duplicates.found.bad.add(line, "longer than \(FileProfile.longestLine >> 20) MiB")
            }
            for row in traced.traces.states.indices {
                line += 1
                guard duplicates.take(traced.traces, row, line: line) == .first else { continue }
                try kept?.put(whole: traced.batch.bytes[traced.starts[row]..<traced.starts[row + 1]])
            }
            tell(traced.consumed, batches.size)
        }
        try batches.check()
        return duplicates.finish()
    }

    private static func trace(_ batch: LineBatches.Batch, _ options: Options, _ consumed: Int) -> Traced {
        var traced = Traced(batch: batch, traces: options.traces, consumed: consumed)
        var finder = MemberFinder(options.fields)
        batch.bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            var at = 0
            while at < bytes.count {
                let found = memchr(base + at, 0x0A, bytes.count - at)
                let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? bytes.count
                traced.starts.append(at)
                traced.traces.add(line: UnsafeBufferPointer(rebasing: bytes[at..<end]), &finder)
                at = min(end + 1, bytes.count)
            }
            traced.starts.append(bytes.count)
        }
        return traced
    }
}
