import PitGrid
import PitTerminal

/// Whatever a terminal sends becomes inputs without controls in them; and however it is cut, the same inputs.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let size = 1 + input.choice(9)
    let bytes = input.bytes
    let whole = decode(bytes, size: max(1, bytes.count))
    for each in whole { check(each) }
    let pieces = decode(bytes, size: size)
    for each in pieces { check(each) }
    // Marks join the letter that they come with, so that text is compared only where there are none.
    if bytes.allSatisfy({ $0 < 0x80 }) { expect(whole == pieces, "cut into \(size)s it is \(pieces), whole \(whole)") }
    return 0
}

private func decode(_ bytes: [UInt8], size: Int) -> [PitGrid.Input] {
    let now = ContinuousClock().now
    var decoder = InputDecoder()
    var inputs: [PitGrid.Input] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
        decoder.take(bytes[start..<min(start + size, bytes.count)], at: now)
        while let next = decoder.next() { inputs.append(next) }
        let patience = decoder.patience(at: now) ?? 0
        expect(patience >= 0 && patience <= 1000, "a wait of \(patience) ms")
    }
    decoder.settle(at: now + .seconds(2))
    inputs += decoder.inputs()
    expect(decoder.patience(at: now + .seconds(2)) == nil, "something still waits")
    return inputs
}

private func check(_ input: PitGrid.Input) {
    switch input {
    case .key(let key):
        let name = "\(key)"
        expect(!name.isEmpty, "a key without a name")
        expect(name.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }, "a control")
    case .click(let point, _), .wheel(let point, _):
        expect((0..<10_000).contains(point.x) && (0..<10_000).contains(point.y), "a click beyond any screen")
    case .paste(let text): expect(text.utf8.count <= 3 * InputDecoder.pasteLimit, "a paste beyond its limit")
    case .resize, .focus: break
    }
}
