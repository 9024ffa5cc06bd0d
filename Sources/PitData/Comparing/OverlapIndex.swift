import Crypto
import Foundation
import PitStatistics

/// The rows of one file, to be found again among those of another.
struct OverlapIndex {
    /// Rows of the same texts.
    private struct Slot {
        var line: Int32
        var count: Int32 = 1
        var exact: Int32 = 0
        var near: Int32 = 0
        var likeness: Float = 0
        var signature: Int32 = -1
    }

    private let options: DatasetOverlap.Options
    private let band: Int
    private var slots: [Slot] = []
    private var places: [TextDuplicates.Digest: Int32] = [:]
    private var signatures: [MinHash] = []
    private var keys: [UInt64: [Int32]] = [:]
    private var grams: GramIndex

    private static let permutations = 128
    /// Signatures that are kept, some 2 KB each: of a larger file the rest is not looked at for near ones.
    private static let mostSignatures = 100_000
    private static let mostCandidates = 64

    init(_ options: DatasetOverlap.Options) {
        self.options = options
        band = RowDuplicates.band(Self.permutations, options.near)
        grams = GramIndex()
    }

    /// A row's texts by their columns: two files may have them in another order.
    private static func texts(_ row: DataRow) -> [String] {
        var texts = row.texts
        texts.sort { $0.column < $1.column }
        return texts.map(\.text)
    }

    private static func digest(_ texts: [String]) -> TextDuplicates.Digest {
        var hash = SHA256()
        for text in texts { hash.update(data: Data("\(text.utf8.count):\(text)".utf8)) }
        return TextDuplicates.Digest(hash.finalize())
    }

    /// Runs of words, each text for itself: none goes from one into the next.
    private func runs(_ texts: [String]) -> [UInt64] {
        var runs: [UInt64] = []
        for text in texts {
            var words: [UInt64] = []
            TextDuplicates.words(of: text, &words)
            guard words.count >= options.words else { continue }
            runs += Shingles.of(words, length: options.words).map(MinHash.mix)
        }
        return runs
    }

    private func signature(_ texts: [String]) -> MinHash? {
        var words: [UInt64] = []
        for text in texts { TextDuplicates.words(of: text, &words) }
        return words.isEmpty ? nil : MinHash(Shingles.of(words), size: Self.permutations)
    }

    // MARK: - Building

    mutating func add(_ row: DataRow) {
        let texts = Self.texts(row)
        let digest = Self.digest(texts)
        if let known = places[digest] {
            slots[Int(known)].count += 1
            return
        }
        places[digest] = Int32(slots.count)
        var slot = Slot(line: Int32(truncatingIfNeeded: row.line))
        if signatures.count < Self.mostSignatures, let signature = signature(texts) {
            slot.signature = Int32(signatures.count)
            for key in signature.keys(rows: band) where (keys[key]?.count ?? 0) < Self.mostCandidates {
                keys[key, default: []].append(Int32(slots.count))
            }
            signatures.append(signature)
        }
        slots.append(slot)
        grams.add(runs(texts))
    }

    mutating func finish() { grams.finish() }

    // MARK: - The other file

    mutating func look(_ row: DataRow) {
        let (texts, line) = (Self.texts(row), Int32(truncatingIfNeeded: row.line))
        if let same = places[Self.digest(texts)], slots[Int(same)].exact == 0 { slots[Int(same)].exact = line }
        grams.look(runs(texts), line)
        guard let signature = signature(texts) else { return }
        var seen: Set<Int32> = []
        for key in signature.keys(rows: band) {
            for place in keys[key] ?? [] where seen.insert(place).inserted {
                let slot = slots[Int(place)]
                let likeness = Float(signatures[Int(slot.signature)].likeness(to: signature))
                if likeness >= Float(options.near), likeness > slot.likeness {
                    (slots[Int(place)].likeness, slots[Int(place)].near) = (likeness, line)
                }
            }
        }
    }

    // MARK: - Judging

    /// What the first row of each kind shares; those that are worst become examples.
    func judge(_ row: DataRow, _ overlap: inout DatasetOverlap) {
        let texts = Self.texts(row)
        guard let place = places[Self.digest(texts)], slots[Int(place)].line == Int32(truncatingIfNeeded: row.line)
        else {
            return
        }
        let (slot, found) = (slots[Int(place)], grams.found(runs(texts)))
        let count = Int(slot.count)
        if found.all == 0 { overlap.short += count }
        let share = found.all > 0 ? Double(found.known) / Double(found.all) : 0
        if found.known > 0 { overlap.shared += count }
        if share >= 0.5 { overlap.sharedHalf += count }
        if share >= 0.9 { overlap.sharedMost += count }
        let (kind, line, degree): (DatasetOverlap.Kind, Int32, Double) =
            slot.exact > 0
            ? (.exact, slot.exact, 1)
            : share >= Double(slot.likeness) ? (.shared, found.line, share) : (.near, slot.near, Double(slot.likeness))
        guard degree > 0 else { return }
        overlap.examples.append(
            .init(
                kind: kind, line: row.line, lineInFirst: Int(line), share: degree,
                passage: kind == .shared ? passage(texts) : Self.cut(texts.max { $0.utf8.count < $1.utf8.count } ?? ""))
        )
        // A few more than are told, so that the worst of a long file are among them.
        if overlap.examples.count > DatasetOverlap.mostExamples * 8 {
            overlap.examples.sort { ($1.share, $0.line) < ($0.share, $1.line) }
            overlap.examples.removeLast(overlap.examples.count - DatasetOverlap.mostExamples)
        }
    }

    func count(into overlap: inout DatasetOverlap) {
        for slot in slots {
            let count = Int(slot.count)
            if slot.signature >= 0 { overlap.nearCompared += count }
            if slot.exact > 0 { overlap.exact += count } else if slot.near > 0 { overlap.near += count }
        }
        overlap.sampled = grams.share
    }

    /// The longest passage of which every run is known.
    private func passage(_ texts: [String]) -> String {
        var best = ""
        for text in texts {
            var (words, places): ([UInt64], [Range<Int>]) = ([], [])
            TextDuplicates.eachWord(of: text) {
                words.append($0)
                places.append($1)
            }
            guard words.count >= options.words else { continue }
            let known = Shingles.of(words, length: options.words).map { grams.line(MinHash.mix($0)) != nil }
            var start: Int?
            for place in 0...known.count {
                if place < known.count, known[place] {
                    start = start ?? place
                } else if let from = start {
                    let range = places[from].lowerBound..<places[place - 1 + options.words - 1].upperBound
                    if range.count > best.utf8.count {
                        best = String(
                            decoding: Array(text.utf8.dropFirst(range.lowerBound).prefix(range.count)), as: UTF8.self)
                    }
                    start = nil
                }
            }
        }
        return Self.cut(best)
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > 300 else { return text }
        var bytes = Array(text.utf8.prefix(300))
        while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
        if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Runs of words by their hashes, sorted, and the line of another file that each was first found on. Of very many an even
/// share is kept, those with the least hashes (Broder's sampling).
private struct GramIndex {
    private var all: [UInt64] = []
    private var lines: [Int32] = []
    private var limit = UInt64.max
    /// A bit for what is there, so that most of what is not is known at once.
    private var bits: [UInt64] = []
    private var mask: UInt64 = 0
    private static let most = 16 << 20

    /// Of all runs, what is looked at.
    var share: Double { limit == .max ? 1 : Double(limit) / Double(UInt64.max) }

    mutating func add(_ runs: [UInt64]) {
        for run in runs where run <= limit { all.append(run) }
        guard all.count > Self.most else { return }
        tidy()
        while all.count > Self.most / 2 {
            limit /= 2
            all.removeAll { $0 > limit }
        }
    }

    private mutating func tidy() {
        all.sort()
        var kept = 0
        for place in all.indices where place == 0 || all[place] != all[place - 1] {
            all[kept] = all[place]
            kept += 1
        }
        all.removeLast(all.count - kept)
    }

    mutating func finish() {
        tidy()
        lines = [Int32](repeating: 0, count: all.count)
        var size = 1 << 10
        while size < all.count / 4 { size *= 2 }
        bits = [UInt64](repeating: 0, count: size)
        mask = UInt64(size - 1)
        for run in all { bits[Int(run & mask)] |= 1 << (run >> 32 & 63) }
    }

    private func place(_ run: UInt64) -> Int? {
        guard run <= limit, !all.isEmpty, bits[Int(run & mask)] & (1 << (run >> 32 & 63)) != 0 else { return nil }
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle] < run { low = middle + 1 } else { high = middle }
        }
        return low < all.count && all[low] == run ? low : nil
    }

    mutating func look(_ runs: [UInt64], _ line: Int32) {
        for run in runs {
            if let place = place(run), lines[place] == 0 { lines[place] = line }
        }
    }

    /// The line that has a run; nil where none has.
    func line(_ run: UInt64) -> Int32? { place(run).flatMap { lines[$0] > 0 ? lines[$0] : nil } }

    func found(_ runs: [UInt64]) -> (known: Int, all: Int, line: Int32) {
        var (known, line): (Int, Int32) = (0, 0)
        for run in runs where run <= limit {
            guard let at = self.line(run) else { continue }
            known += 1
            if line == 0 { line = at }
        }
        // Of a long file's rows some have no run in the sample: they are not short for that.
        return (known, runs.isEmpty ? 0 : max(1, runs.count { $0 <= limit }), line)
    }
}
