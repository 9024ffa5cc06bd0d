/// A set of Unicode scalars: what one place of a pattern accepts.
struct ScalarSet: Equatable, Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false
    /// Whether upper and lower case are the same.
    var foldsCase = false

    static let any = ScalarSet(ranges: [0...0x10FFFF])
    static let digits = ScalarSet(ranges: [0x30...0x39])
    static let words = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let blanks = ScalarSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])

    static func one(_ scalar: Unicode.Scalar) -> ScalarSet { ScalarSet(ranges: [scalar.value...scalar.value]) }

    /// The sets that RE2 has as `[[:name:]]`: ASCII only.
    static let named: [String: ScalarSet] = [
        "alnum": ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x61...0x7A]),
        "alpha": ScalarSet(ranges: [0x41...0x5A, 0x61...0x7A]), "ascii": ScalarSet(ranges: [0...0x7F]),
        "blank": ScalarSet(ranges: [0x09...0x09, 0x20...0x20]), "cntrl": ScalarSet(ranges: [0...0x1F, 0x7F...0x7F]),
        "digit": digits, "graph": ScalarSet(ranges: [0x21...0x7E]), "lower": ScalarSet(ranges: [0x61...0x7A]),
        "print": ScalarSet(ranges: [0x20...0x7E]),
        "punct": ScalarSet(ranges: [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
        "space": ScalarSet(ranges: [0x09...0x0D, 0x20...0x20]), "upper": ScalarSet(ranges: [0x41...0x5A]),
        "word": words, "xdigit": ScalarSet(ranges: [0x30...0x39, 0x41...0x46, 0x61...0x66]),
    ]

    var inverted: ScalarSet {
        var result = self
        result.isNegated.toggle()
        return result
    }

    /// Adds what another set accepts.
    mutating func formUnion(_ other: ScalarSet) {
        ranges += other.isNegated ? other.gaps : other.ranges
    }

    /// The ranges between the ranges.
    private var gaps: [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool { holds(scalar) != isNegated }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        if has(scalar.value) { return true }
        guard foldsCase else { return false }
        for mapped in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
            let scalars = mapped.unicodeScalars
            if let only = scalars.first, scalars.count == 1, has(only.value) { return true }
        }
        return false
    }

    private func has(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } }
}
