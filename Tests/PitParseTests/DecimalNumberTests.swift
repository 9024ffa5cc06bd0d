import Glibc
import PitModel
import PitParse
import Testing

private func value(_ text: String) -> Double? { page("a \(text)\n").rows.first?.value }

@Test("numbers whose rounding is hard are rounded to the nearest, ties to even")
func hardNumbers() {
    let cases: [(String, UInt64)] = [
        ("9007199254740993", 0x4340_0000_0000_0000), ("9007199254740995", 0x4340_0000_0000_0002),
        ("9007199254740992.9999999999", 0x4340_0000_0000_0000), ("9007199254740993.0000000001", 0x4340_0000_0000_0001),
        ("0.30000000000000004", 0x3FD3_3333_3333_3334), ("2.2250738585072011e-308", 0x000F_FFFF_FFFF_FFFF),
        ("1.7976931348623158e308", 0x7FEF_FFFF_FFFF_FFFF), ("1.7976931348623159e308", 0x7FF0_0000_0000_0000),
        ("2.4703282292062328e-324", 0x0000_0000_0000_0001), ("2.4703282292062327e-324", 0),
        ("1e23", 0x44B5_2D02_C7E1_4AF6),
        ("18446744073709551615", 0x43F0_0000_0000_0000),
        ("18446744073709551616", 0x43F0_0000_0000_0000), ("9999999999999999999", 0x43E1_58E4_6091_3D00),
    ]
    for (text, bits) in cases { #expect(value(text)?.bitPattern == bits, "\(text)") }
}

@Test("random decimals are rounded as the C library rounds them")
func randomNumbers() {
    var random = Seeded(state: 101)
    for _ in 0..<12_000 {
        let digits = Int.random(in: 1...20, using: &random)
        var text = Bool.random(using: &random) ? "-" : ""
        let point = Int.random(in: 0...digits, using: &random)
        for index in 0..<digits {
            if index == point { text += "." }
            text += "\(Int.random(in: 0...9, using: &random))"
        }
        if Bool.random(using: &random) { text += "e\(Int.random(in: -45...45, using: &random))" }
        #expect(value(text)?.bitPattern == strtod(text, nil).bitPattern, "\(text)")
    }
    for _ in 0..<12_000 {
        let double = Double(bitPattern: random.next())
        guard double.isFinite else { continue }
        #expect(value("\(double)")?.bitPattern == double.bitPattern, "\(double)")
    }
}
