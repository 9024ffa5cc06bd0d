/// The one pass over a text: it is folded, its phrases are found, its words are hashed, and what may mean something to
/// others than readers is noted.
struct TextPass {
    private let machine: PhraseMachine
    /// For each place of a part: where what was found of it began and ended; behind everything when nothing was.
    private var starts: [Int]
    private var endings: [Int]
    private var isDirty = false

    init(_ machine: PhraseMachine) {
        self.machine = machine
        starts = [Int](repeating: 0, count: machine.placeCount)
        endings = [Int](repeating: Int.min / 2, count: machine.placeCount)
    }

    private static let marked: [Bool] = (0..<256).map { byte in
        let byte = UInt8(byte)
        return byte < 0x20 && byte != 0x0A && byte != 0x09 || byte == 0x7F
            || [0x3C, 0x5B, 0x7B, 0x24, 0x60].contains(byte)
    }
    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325
    private static let prime: UInt64 = 0x0000_0100_0000_01b3

    /// Marks of one kind that are kept at most.
    private static let markLimit = 100_000

    mutating func read(_ text: ScannedText) {
        if isDirty {
            for index in endings.indices { endings[index] = Int.min / 2 }
            isDirty = false
        }
        withUnsafeTemporaryAllocation(of: Int.self, capacity: Self.ringSize) { ring in
            ring.initialize(repeating: 0)
            let tables = machine
            text.bytes.withUnsafeBufferPointer { bytes in
                tables.next.withUnsafeBufferPointer { next in
                    tables.classes.withUnsafeBufferPointer { classes in
                        NormalText.folds.withUnsafeBufferPointer { folds in
                            Self.marked.withUnsafeBufferPointer { marked in
                                run(text, ring, bytes, next, classes, folds, marked)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Where the last folded bytes stood is remembered for so many: more than the longest phrase has.
    private static let ringSize = 128

    private mutating func run(
        _ text: ScannedText, _ ring: UnsafeMutableBufferPointer<Int>, _ bytes: UnsafeBufferPointer<UInt8>,
        _ next: UnsafeBufferPointer<UInt16>, _ classes: UnsafeBufferPointer<UInt8>,
        _ folds: UnsafeBufferPointer<UInt8>, _ marked: UnsafeBufferPointer<Bool>
    ) {
        var marks: [Int32] = []
        var words: [UInt64] = []
        words.reserveCapacity(bytes.count / 5 + 4)
        let (shift, firstEnd, count) = (machine.shift, machine.firstEnd, bytes.count)
        var state = Int(next[Int(classes[0x20])])
        // Of the word that is being read: its hash, its bytes, the sorts of its letters (1 letter, 2 digit), its place.
        var (hash, length, bits, start) = (Self.seed, 0, UInt8(0), 0)
        var (folded, singles, pairs, at) = (1, 0, 0, 0)
        func step(_ byte: UInt8, _ place: Int) {
            ring[folded & (Self.ringSize - 1)] = place
            folded += 1
            state = Int(next[state << shift + Int(classes[Int(byte)])])
            if state >= firstEnd { take(state, place, folded, ring, text) }
        }
        func add(_ byte: UInt8, _ place: Int) {
            if length == 0 { start = place }
            step(byte, place)
            hash = (hash ^ UInt64(byte)) &* Self.prime
            length += 1
        }
        func endWord(_ place: Int) {
            guard length > 0 else { return }
            words.append(hash)
            if length >= 20 { text.runs.append(start..<place) }
            singles = length == 1 && bits == 1 ? singles + 1 : 0
            pairs = length == 2 ? pairs + 1 : 0
            if singles > text.singleLetters { text.singleLetters = singles }
            if pairs > text.pairs { text.pairs = pairs }
            if bits == 3, length >= 4 { text.mixedWords += 1 }
            (hash, length, bits) = (Self.seed, 0, 0)
            step(0x20, place)
        }
        while at < count {
            let raw = bytes[at]
            let byte = folds[Int(raw)]
            if raw < 0x80 {
                if byte != 0x20 {
                    bits |= 2 - byte >> 6
                    add(byte, at)
                } else {
                    if marked[Int(raw)], marks.count < Self.markLimit { marks.append(Int32(truncatingIfNeeded: at)) }
                    endWord(at)
                }
                at += 1
                continue
            }
            let (other, size, isMarked) = Self.fold(bytes, at)
            if isMarked, marks.count < Self.markLimit { marks.append(Int32(truncatingIfNeeded: at)) }
            if other == 0x20 {
                endWord(at)
            } else if other != 0 {
                // What is written without spaces has a word a character.
                if raw >= 0xE3, raw < 0xEE, length > 0 {
                    words.append(hash)
                    (hash, length, bits) = (Self.seed, 0, 0)
                }
                add(other, at)
            }
            at += size
        }
        endWord(count)
        (text.marks, text.words) = (marks, words)
    }

    /// A byte beyond ASCII: what it counts as (0: nothing, it is left out), how many bytes are taken, and whether it is
    /// marked.
    @inline(__always)
    private static func fold(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> (UInt8, Int, Bool) {
        let (raw, count) = (bytes[at], bytes.count)
        let second = at + 1 < count ? bytes[at + 1] : 0
        let third = at + 2 < count ? bytes[at + 2] : 0
        switch raw {
        case 0xC2:
            if second &- 0x80 < 0x20 { return (0x20, 2, true) }
            return second == 0xAD ? (0, 2, true) : (0x20, 2, false)
        case 0x80..<0xC0:
            // The second byte of a capital letter of Latin-1 or Cyrillic is that of the small one.
            let lead = at > 0 ? bytes[at - 1] : 0
            if lead == 0xC3, raw < 0x9F { return (raw | 0x20, 1, false) }
            if lead == 0xD0, (0x90..<0xA0).contains(raw) { return (raw | 0x20, 1, false) }
            if lead == 0xD0, (0xA0..<0xB0).contains(raw) { return (raw & 0x8F, 1, false) }
            return (raw, 1, false)
        case 0xD0 where (0xA0..<0xB0).contains(second): return (0xD1, 1, false)
        case 0xE2 where second == 0x80 || second == 0x81:
            let isHidden =
                second == 0x80
                ? (0x8B...0x8F).contains(third) || (0xAA...0xAE).contains(third) : (0xA0...0xAF).contains(third)
            return (isHidden ? 0 : 0x20, 3, isHidden)
        case 0xE3 where second == 0x80 && third < 0x83: return (0x20, 3, false)
        case 0xEF where second == 0xBB && third == 0xBF: return (0, 3, true)
        case 0xEF where second == 0xBC && third >= 0xA1 && third <= 0xBA: return (third &- 0xA1 &+ 0x61, 3, false)
        case 0xEF where second == 0xBD && third >= 0x81 && third <= 0x9A: return (third &- 0x81 &+ 0x61, 3, false)
        case 0xEF where second == 0xBC: return (0x20, 3, false)
        case 0xF3 where second == 0xA0: return (0, 4, true)
        default: return (raw, 1, false)
        }
    }

    /// Phrases end here: the rules that they are parts of go on, and those whose last part it was hold.
    private mutating func take(
        _ state: Int, _ place: Int, _ folded: Int, _ ring: UnsafeMutableBufferPointer<Int>, _ text: ScannedText
    ) {
        isDirty = true
        let index = state - machine.firstEnd
        for number in Int(machine.endStarts[index])..<Int(machine.endStarts[index + 1]) {
            let phrase = Int(machine.ends[number])
            let length = Int(machine.lengths[phrase])
            // The first byte is a space, but for what has no edges.
            let back = machine.hasEdges[phrase] ? length - 1 : length
            let start = ring[(folded - back) & (Self.ringSize - 1)]
            let end = machine.endsInSpace[phrase] ? place : place + 1
            for spot in machine.places[phrase] { go(on: spot, start, end, text) }
        }
    }

    private mutating func go(on spot: PhraseMachine.Place, _ start: Int, _ end: Int, _ text: ScannedText) {
        let rule = machine.rules[Int(spot.rule)]
        let slot = rule.base + Int(spot.part)
        var from = start
        if spot.part > 0 {
            let gap = start - endings[slot - 1]
            guard gap >= 0, gap <= rule.gap else { return }
            from = starts[slot - 1]
        }
        (starts[slot], endings[slot]) = (from, end)
        guard Int(spot.part) == rule.count - 1, text.hits.count < 200 else { return }
        if let last = text.hits.lastIndex(where: { $0.rule == Int(spot.rule) }),
            text.hits[last].range.upperBound > from
        {
            return
        }
        text.hits.append(PhraseHit(rule: Int(spot.rule), range: from..<end))
    }
}
