/// Writes numbers and texts one after the other; `LatestReader` reads them in the same order.
struct LatestWriter {
    private(set) var bytes: [UInt8] = []

    init(reserving count: Int = 0) { bytes.reserveCapacity(count) }

    mutating func put(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// Seven bits a byte, the lowest first; the sign goes into the lowest bit.
    mutating func put(_ number: Int) {
        var rest = UInt64(bitPattern: Int64(number << 1 ^ number >> 63))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func put(_ text: String) {
        put(text.utf8.count)
        bytes += text.utf8
    }

    mutating func put(_ body: [UInt8]) {
        put(body.count)
        bytes += body
    }

    mutating func put(_ value: Double) { putWord(value.bitPattern) }
    mutating func put(_ value: Float) { putWord(value.bitPattern) }

    private mutating func putWord(_ word: some FixedWidthInteger) {
        withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
    }

    /// Nothing, or what follows.
    mutating func put<T>(_ value: T?, _ body: (inout LatestWriter, T) -> Void) {
        put(value != nil)
        if let value { body(&self, value) }
    }

    /// How many, then each.
    mutating func put<C: Collection>(each all: C, _ body: (inout LatestWriter, C.Element) -> Void) {
        put(all.count)
        for item in all { body(&self, item) }
    }
}

/// Reads what `LatestWriter` wrote. The bytes come from a file that anything may have happened to: every read is
/// checked against the end, and what cannot be is an error.
struct LatestReader {
    /// The bytes are not what was written.
    struct Damage: Error {}

    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func take(_ count: Int) throws(Damage) -> Range<Int> {
        guard count >= 0, count <= bytes.count - at else { throw Damage() }
        defer { at += count }
        return at..<at + count
    }

    private mutating func byte() throws(Damage) -> UInt8 { bytes[try take(1).lowerBound] }

    mutating func flag() throws(Damage) -> Bool { try byte() != 0 }

    mutating func number() throws(Damage) -> Int {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)) }
        }
        throw Damage()
    }

    /// A number of things of which each takes a byte at least.
    private mutating func count() throws(Damage) -> Int {
        let count = try number()
        guard count >= 0, count <= bytes.count - at else { throw Damage() }
        return count
    }

    mutating func body() throws(Damage) -> [UInt8] { Array(bytes[try take(try count())]) }

    mutating func text() throws(Damage) -> String { String(decoding: bytes[try take(try count())], as: UTF8.self) }

    mutating func double() throws(Damage) -> Double { Double(bitPattern: try word()) }

    mutating func float() throws(Damage) -> Float { Float(bitPattern: try word()) }

    private mutating func word<W: FixedWidthInteger>() throws(Damage) -> W {
        bytes[try take(W.bitWidth / 8)].reversed().reduce(0) { $0 << 8 | W($1) }
    }

    mutating func maybe<T>(_ read: (inout LatestReader) throws(Damage) -> T) throws(Damage) -> T? {
        try flag() ? try read(&self) : nil
    }

    mutating func list<T>(_ read: (inout LatestReader) throws(Damage) -> T) throws(Damage) -> [T] {
        let count = try count()
        var all: [T] = []
        all.reserveCapacity(count)
        for _ in 0..<count { all.append(try read(&self)) }
        return all
    }
}
