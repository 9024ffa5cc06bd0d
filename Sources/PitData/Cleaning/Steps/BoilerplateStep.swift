import PitModel
import PitStatistics

/// Takes out lines that stand in many rows: menus, footers, disclaimers.
struct BoilerplateStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "boilerplate", summary: "Takes out lines that stand in more than a share of the rows.",
        options: [
            OptionInfo("share", .number, help: "of rows from which on a line is boilerplate", example: "5%"),
            OptionInfo("rows", .number, help: "in which it must stand at least", example: "10"),
            OptionInfo("min_chars", .number, help: "shorter lines stay", example: "10"),
        ], needsSurvey: true)

    private let share: Double
    private let leastRows: Int
    private let leastCharacters: Int
    private var counts = LineCounts()
    private var boilerplate: Set<UInt64> = []

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        share = try spec.number("share", 0.001...1) ?? 0.05
        leastRows = try spec.whole("rows", 2...1_000_000_000) ?? 10
        leastCharacters = try spec.whole("min_chars", 1...100_000) ?? 10
    }

    mutating func survey(_ row: CleanedRow) {
        var seen: Set<UInt64> = []
        for text in row.texts {
            for line in text.text.split(whereSeparator: \.isNewline) {
                if let hash = hash(line) { seen.insert(hash) }
            }
        }
        counts.add(seen)
    }

    mutating func endSurvey() {
        let least = max(Double(leastRows), share * Double(counts.rows))
        boilerplate = Set(counts.lines(least: least))
        counts = LineCounts()
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        guard !boilerplate.isEmpty else { return .keep }
        row.change { text in
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let kept = lines.filter { line in hash(line).map { !boilerplate.contains($0) } ?? true }
            return kept.count == lines.count ? text : kept.joined(separator: "\n")
        }
        return .keep
    }

    /// Of a line without the white space around it; nil of one that is short.
    private func hash(_ line: Substring) -> UInt64? {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        var bytes = line.utf8[...]
        while let first = bytes.first, isSpace(first) { bytes = bytes.dropFirst() }
        while let last = bytes.last, isSpace(last) { bytes = bytes.dropLast() }
        guard bytes.count >= leastCharacters, line.unicodeScalars.count >= leastCharacters else { return nil }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return MinHash.mix(hash)
    }
}

/// How many rows each line stands in, in bounded room: lossy counting (Manku and Motwani, 2002). A count is too small by
/// one in 65,536 lines at most, and never too large.
private struct LineCounts {
    private static let width = 1 << 16
    private var counts: [UInt64: (count: Int32, missed: Int32)] = [:]
    private var lines = 0
    private var bucket: Int32 = 0
    private(set) var rows = 0

    mutating func add(_ hashes: Set<UInt64>) {
        rows += 1
        for hash in hashes {
            if let known = counts[hash] {
                counts[hash] = (known.count + 1, known.missed)
            } else {
                counts[hash] = (1, bucket)
            }
            lines += 1
            guard lines.isMultiple(of: Self.width) else { continue }
            bucket += 1
            let now = bucket
            counts = counts.filter { $0.value.count + $0.value.missed > now }
        }
    }

    func lines(least: Double) -> [UInt64] {
        counts.filter { Double($0.value.count) >= least }.map(\.key)
    }
}
