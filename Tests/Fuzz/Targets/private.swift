import PitSafety

/// Private things are taken out of any text at places that are in it, in order, and nothing else is changed.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let kinds = Redaction.Kind.allCases
    let chosen = input.choice(kinds.count + 1)
    let redaction = Redaction(chosen == kinds.count ? Set(kinds) : [kinds[chosen]])
    let text = input.text
    let bytes = Array(text.utf8)
    var (last, left): (Int, [UInt8]) = (0, [])
    for span in redaction.spans(in: text) {
        expect(span.range.lowerBound >= last && span.range.upperBound <= bytes.count, "a place out of order")
        expect(!span.range.isEmpty, "a private thing of no length")
        left += bytes[last..<span.range.lowerBound] + Array("[\(span.kind.rawValue)]".utf8)
        last = span.range.upperBound
    }
    left += bytes[last...]
    expect(Array(redaction.apply(text).utf8) == left, "more was changed than that")
    return 0
}
