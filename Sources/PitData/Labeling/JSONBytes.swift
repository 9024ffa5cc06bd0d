import Glibc

/// Writes JSON as bytes, as fast as they can be copied: what needs no escape is copied in runs. Text is UTF-8, as
/// RFC 8259 wants it.
///
/// SAFETY: not shared between tasks; the memory is its own and freed with it.
struct JSONBytes: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int = 64 << 10) {
        self.capacity = max(64, capacity)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    mutating func removeAll() { count = 0 }

    func withBytes<T, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> T) throws(E) -> T {
        try body(UnsafeBufferPointer(start: base, count: count))
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
    }

    @inline(__always)
    mutating func byte(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func raw(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        reserve(length)
        memcpy(base + count, text.utf8Start, length)
        count += length
    }

    mutating func copy(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            guard let from = bytes.baseAddress else { return }
            reserve(bytes.count)
            memcpy(base + count, from, bytes.count)
            count += bytes.count
        }
    }

    mutating func integer(_ value: Int) { copy("\(value)") }

    /// The shortest decimals that read back as the same number; `null` for what JSON has no number for.
    mutating func number(_ value: Double) {
        guard value.isFinite else { return raw("null") }
        if value == value.rounded(), abs(value) < 1e15 { copy("\(Int64(value))") } else { copy("\(value)") }
    }

    mutating func flag(_ value: Bool) { if value { raw("true") } else { raw("false") } }

    /// A text in quotes; nil is `null`.
    mutating func string(_ text: String?) {
        guard var text else { return raw("null") }
        text.withUTF8 { quoted($0) }
    }

    private mutating func quoted(_ bytes: UnsafeBufferPointer<UInt8>) {
        reserve(bytes.count + 2)
        byte(0x22)
        defer { byte(0x22) }
        guard let from = bytes.baseAddress else { return }
        var (start, at) = (0, 0)
        while true {
            at = Self.nextEscape(from, at, bytes.count)
            let run = at - start
            reserve(run)
            memcpy(base + count, from + start, run)
            count += run
            guard at < bytes.count else { return }
            escape(from[at])
            at += 1
            start = at
        }
    }

    /// The next byte that JSON wants escaped: a quote, a backslash, a control. Eight bytes are looked at together.
    @inline(__always)
    private static func nextEscape(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> Int {
        let (ones, tops): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        var at = from
        while at + 8 <= end {
            let word = UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let slash = word ^ (ones &* 0x5C)
            let found =
                ((word &- ones &* 0x20) & ~word | (quote &- ones) & ~quote | (slash &- ones) & ~slash) & tops
            if found != 0 {
                // The lowest mark is exact: a borrow only ever reaches the bytes above it.
                return at + found.trailingZeroBitCount / 8
            }
            at += 8
        }
        while at < end, bytes[at] >= 0x20, bytes[at] != 0x22, bytes[at] != 0x5C { at += 1 }
        return at
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22: raw("\\\"")
        case 0x5C: raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        case 0x08: raw("\\b")
        case 0x0C: raw("\\f")
        default:
            raw("\\u00")
            self.byte(Self.digit(byte >> 4))
            self.byte(Self.digit(byte & 15))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
