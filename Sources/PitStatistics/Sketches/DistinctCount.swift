import Glibc

/// How many different values a stream has, from their hashes: exactly up to some thousands, then by HyperLogLog (Flajolet,
/// Fusy, Gandouet and Meunier, 2007) with 2^14 registers of a byte, whose standard error is 0.8 %.
public struct DistinctCount: Sendable {
    private static let bits = 14
    private static let mostExact = 4096

    private var exact: Set<UInt64>? = []
    private var registers: [UInt8] = []

    public init() {}

    /// - Parameter hash: of the value, spread evenly over all 64 bits.
    @inlinable
    public mutating func add(_ hash: UInt64) { enter(hash) }

    @usableFromInline
    mutating func enter(_ hash: UInt64) {
        if exact != nil {
            exact?.insert(hash)
            guard let all = exact, all.count > Self.mostExact else { return }
            registers = [UInt8](repeating: 0, count: 1 << Self.bits)
            for one in all { count(one) }
            exact = nil
        } else {
            count(hash)
        }
    }

    private mutating func count(_ hash: UInt64) {
        let place = Int(hash >> UInt64(64 - Self.bits))
        let rank = UInt8(min((hash << UInt64(Self.bits)).leadingZeroBitCount, 64 - Self.bits) + 1)
        registers.withUnsafeMutableBufferPointer { if $0[place] < rank { $0[place] = rank } }
    }

    public mutating func merge(_ other: DistinctCount) {
        if let theirs = other.exact {
            for one in theirs { enter(one) }
            return
        }
        if let ours = exact {
            self = other
            for one in ours { enter(one) }
            return
        }
        for place in registers.indices { registers[place] = max(registers[place], other.registers[place]) }
    }

    public var isExact: Bool { exact != nil }

    public var estimate: Int {
        if let exact { return exact.count }
        let m = Double(registers.count)
        var (sum, zeros) = (0.0, 0)
        for rank in registers {
            sum += 1 / Double(UInt64(1) << UInt64(rank))
            if rank == 0 { zeros += 1 }
        }
        let raw = 0.7213 / (1 + 1.079 / m) * m * m / sum
        // Few values leave registers empty: then counting those is more exact.
        if raw <= 2.5 * m, zeros > 0 { return Int((m * log(m / Double(zeros))).rounded()) }
        return Int(raw.rounded())
    }
}
