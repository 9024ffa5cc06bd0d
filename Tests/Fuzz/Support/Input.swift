/// What libFuzzer made up, read from its front.
struct Input {
    private var rest: ArraySlice<UInt8>

    init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
        rest = Array(UnsafeBufferPointer(start: start, count: count))[...]
    }

    /// A number below `limit`, from one byte.
    mutating func choice(_ limit: Int) -> Int { Int(rest.popFirst() ?? 0) % limit }

    /// All that is left.
    var bytes: [UInt8] { Array(rest) }

    /// The same as text; what is no UTF-8 becomes U+FFFD.
    var text: String { String(decoding: rest, as: UTF8.self) }
}

/// Ends the run, which libFuzzer takes for a crash, unless `holds`.
func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
    if !holds { fatalError(what()) }
}
