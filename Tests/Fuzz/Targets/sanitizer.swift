import PitGrid
import PitTestKit

/// Any bytes become text that can do nothing to a terminal, in as many columns as are said.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let width = input.choice(40)
    let text = SafeText(bytes: input.bytes)
    if let fault = SafetyFault.find(in: text.description) { fatalError(fault) }
    expect(SafeText(text.description) == text, "made safe twice is not made safe once")
    let cut = text.truncated(to: width)
    expect(cut.columns <= width, "cut to \(width) it takes \(cut.columns) columns")
    for line in text.wrapped(to: width) where width > 1 {
        expect(line.columns <= width, "folded to \(width) a line takes \(line.columns) columns")
    }
    for line in SafeText.lines(input.text) {
        if let fault = SafetyFault.find(in: line.description) { fatalError(fault) }
    }
    var frame = Frame(Size(width, 2))
    frame.text(text, in: Rect(0, 0, width, 1), align: .right)
    frame.text(text, at: Point(-3, 1))
    for y in 0..<2 { expect(frame.rowIsWhole(y), "row \(y) has a glyph that is cut") }
    let stream = frame.ansi(theme: Theme(name: "", roles: [.text: RGB(0x102030)], grounds: [:], heat: []))
    if let fault = SafetyFault.find(inStream: Array(stream.utf8)) { fatalError(fault) }
    return 0
}
