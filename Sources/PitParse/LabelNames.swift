import Glibc

/// The label names of one line, to find one that stands twice. Where they stand is kept in memory that the page's
/// lines share: a line costs no allocation.
struct LabelNames {
    /// Where a name stands in the page.
    struct Place {
        var start: Int
        var length: Int
    }

    static let limit = 256

    private let base: UnsafePointer<UInt8>
    /// Room for `limit` places.
    let scratch: UnsafeMutablePointer<Place>
    private var count = 0

    init(_ base: UnsafePointer<UInt8>, _ scratch: UnsafeMutablePointer<Place>) {
        (self.base, self.scratch) = (base, scratch)
    }

    mutating func add(_ start: Int, _ length: Int) -> SampleLine.Reason? {
        guard length > 0 else { return .badLabel }
        guard count < Self.limit else { return .manyLabels }
        let name = base + start
        for i in 0..<count where scratch[i].length == length {
            if memcmp(base + scratch[i].start, name, length) == 0 { return .twiceLabel }
        }
        if length == 8, memcmp(name, "__name__", 8) == 0 { return .reservedLabel }
        scratch[count] = Place(start: start, length: length)
        count += 1
        return nil
    }
}
