/// A 64-bit hash of a row's text, with keys of this process' own: rows are known again by it, and nobody outside can
/// make two that are taken for one.
///
/// Folded 128-bit products of eight bytes at a time, the construction that wyhash made known.
struct RowHash {
    private let first: UInt64
    private let second: UInt64

    static let process = RowHash(.random(in: 1...UInt64.max), .random(in: 1...UInt64.max))

    private init(_ first: UInt64, _ second: UInt64) { (self.first, self.second) = (first | 1, second | 1) }

    func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = first ^ UInt64(truncatingIfNeeded: bytes.count)
        var at = 0
        while at + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            state = Self.fold(state ^ word, second)
            at += 8
        }
        var rest: UInt64 = 0
        while at < bytes.count {
            rest = rest << 8 | UInt64(bytes[at])
            at += 1
        }
        return Self.fold(Self.fold(state ^ rest, second), first)
    }

    private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
