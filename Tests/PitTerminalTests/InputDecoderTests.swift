import PitGrid
import PitTerminal
import Testing

@Suite struct InputDecoderTests {
    /// The keys that bytes are taken for when they come at once.
    private static func inputs(_ bytes: [UInt8]) -> [Input] {
        var decoder = InputDecoder()
        let start = ContinuousClock().now
        decoder.take(bytes, at: start)
        decoder.settle(at: start + .seconds(2))
        return decoder.inputs()
    }

    private static func keys(_ text: String) -> [String] {
        inputs(Array(text.utf8)).map {
            if case .key(let key) = $0 { key.description } else { "\($0)" }
        }
    }

    static let table: [(sent: String, key: String)] = [
        ("j", "j"), ("G", "G"), ("é", "é"), ("監", "監"), ("🔥", "🔥"), ("e\u{301}", "e\u{301}"), (" ", "space"),
        ("\r", "enter"), ("\t", "tab"), ("\u{7F}", "backspace"), ("\u{8}", "backspace"), ("\u{0}", "ctrl-space"),
        ("\u{1}", "ctrl-a"), ("\u{12}", "ctrl-r"), ("\u{1A}", "ctrl-z"), ("\u{1C}", "ctrl-\\"), ("\u{1F}", "ctrl-_"),
        ("\u{1B}", "esc"), ("\u{1B}x", "alt-x"), ("\u{1B}é", "alt-é"), ("\u{1B}\r", "alt-enter"),
        ("\u{1B}\u{7F}", "alt-backspace"), ("\u{1B} ", "alt-space"), ("\u{1B}\u{6}", "ctrl-alt-f"),
        ("\u{1B}[", "alt-["), ("\u{1B}O", "alt-O"), ("\u{1B}]", "alt-]"),
        ("\u{1B}[A", "up"), ("\u{1B}[B", "down"), ("\u{1B}[C", "right"), ("\u{1B}[D", "left"), ("\u{1B}OA", "up"),
        ("\u{1B}[H", "home"), ("\u{1B}[F", "end"), ("\u{1B}OH", "home"), ("\u{1B}[1~", "home"), ("\u{1B}[4~", "end"),
        ("\u{1B}[7~", "home"), ("\u{1B}[8~", "end"), ("\u{1B}[2~", "insert"), ("\u{1B}[3~", "delete"),
        ("\u{1B}[5~", "pgup"), ("\u{1B}[6~", "pgdn"), ("\u{1B}[Z", "shift-tab"),
        ("\u{1B}OP", "f1"), ("\u{1B}OS", "f4"), ("\u{1B}[11~", "f1"), ("\u{1B}[[A", "f1"), ("\u{1B}[[E", "f5"),
        ("\u{1B}[15~", "f5"), ("\u{1B}[17~", "f6"), ("\u{1B}[21~", "f10"), ("\u{1B}[24~", "f12"),
        ("\u{1B}[1;5C", "ctrl-right"), ("\u{1B}[1;3D", "alt-left"), ("\u{1B}[1;2A", "shift-up"),
        ("\u{1B}[3;5~", "ctrl-delete"), ("\u{1B}[1;8B", "ctrl-alt-shift-down"), ("\u{1B}[15;2~", "shift-f5"),
        ("\u{1B}Oa", "ctrl-up"), ("\u{1B}[a", "shift-up"), ("\u{1B}[7$", "shift-home"), ("\u{1B}[8^", "ctrl-end"),
        ("\u{1B}OM", "enter"), ("\u{1B}Oq", "1"), ("\u{1B}[97;5u", "ctrl-a"), ("\u{1B}[27;5;105~", "ctrl-i"),
        ("\u{1B}[13;2u", "shift-enter"),
    ]

    @Test(arguments: table) func aKeyHasItsName(_ sent: String, _ key: String) {
        #expect(Self.keys(sent) == [key])
    }

    @Test(arguments: table) func aKeyCutAnywhereIsTheSameKey(_ sent: String, _ key: String) {
        let bytes = Array(sent.utf8)
        // A letter whose mark comes later cannot be waited for.
        guard bytes.count > 1, sent != "e\u{301}" else { return }
        for cut in 1..<bytes.count {
            var decoder = InputDecoder()
            let start = ContinuousClock().now
            decoder.take(bytes[..<cut], at: start)
            decoder.settle(at: start + .milliseconds(20))
            decoder.take(bytes[cut...], at: start + .milliseconds(21))
            decoder.settle(at: start + .seconds(3))
            #expect(decoder.inputs() == [.key(Key(key))], "cut after \(cut)")
        }
    }

    @Test func keysThatComeTogetherAreAllThere() {
        let sent = InputDecoderTests.table.filter { $0.sent.utf8.count > 2 && !$0.sent.hasPrefix("e") }
        #expect(Self.keys(sent.map(\.sent).joined()) == sent.map(\.key))
    }

    @Test func anEscapeIsTheKeyOnlyWhenNothingFollows() {
        var decoder = InputDecoder()
        let start = ContinuousClock().now
        decoder.take([0x1B], at: start)
        #expect(decoder.patience(at: start) == 25)
        decoder.settle(at: start + .milliseconds(24))
        #expect(!decoder.hasInputs)
        decoder.settle(at: start + .milliseconds(25))
        #expect(decoder.inputs() == [.key("esc")])
        #expect(decoder.patience(at: start) == nil)
    }

    @Test func aSequenceOnASlowLineIsWaitedFor() {
        var decoder = InputDecoder()
        let start = ContinuousClock().now
        decoder.take(Array("\u{1B}[1;".utf8), at: start)
        decoder.settle(at: start + .milliseconds(900))
        decoder.take(Array("5C".utf8), at: start + .milliseconds(901))
        #expect(decoder.inputs() == [.key("ctrl-right")])
    }

    @Test(arguments: [
        "\u{1B}[1;", "\u{1B}[99~", "\u{1B}[?1;2c", "\u{1B}[12;40R", "\u{1B}[1;40R", "\u{1B}[>0;276;0c",
        "\u{1B}]11;rgb:0000/0000/0000\u{7}", "\u{1B}]0;a\\b\u{1B}\\", "\u{1B}P1+r436f=3830\u{1B}\\",
        "\u{1B}_app\u{1B}\\",
        "\u{1B}[<0;1m", "\u{1B}[<0;0;0M", "\u{1B}[<99999999999999999999;1;1M", "\u{1B}[99999999999999999999~",
        "\u{1B}[98;99999999999999999999~", "\u{1B}[-5;-9z", "\u{1B}[\u{18}", "\u{1B}O~",
        "\u{1B}]unfinished", "\u{1B}[?2026;2$y", "\u{1B}[1114112u", "\u{1B}[57399u", "\u{85}", "\u{FFFD}",
    ])
    func whatIsNotKnownIsSwallowed(_ sent: String) {
        #expect(Self.keys(sent) == [])
        if !sent.hasSuffix("unfinished"), sent != "\u{1B}[1;" { #expect(Self.keys(sent + "j") == ["j"]) }
    }

    @Test func anEndlessSequenceIsSwallowedToItsEnd() {
        let numbers = String(repeating: "1;", count: 3000)
        #expect(Self.keys("\u{1B}[\(numbers)mj") == ["j"])
        let words = String(repeating: "word \\ ", count: 3000)
        #expect(Self.keys("\u{1B}]\(words)\u{7}j") == ["j"])
        #expect(Self.keys("\u{1B}P\(words)\u{1B}\\j") == ["j"])
    }

    @Test func bytesThatAreNoTextAreNoKeys() {
        #expect(Self.inputs([0xFF, 0x6A, 0xC3, 0x28, 0xE2, 0x82]) == [.key("j"), .key("(")])
    }

    @Test func anotherEscapeCutsASequenceOff() {
        #expect(Self.keys("\u{1B}[1;\u{1B}[A") == ["up"])
        #expect(Self.keys("\u{1B}\u{1B}[A") == ["esc", "up"])
        #expect(Self.keys("\u{1B}]0;title\u{1B}[A") == ["up"])
    }

    @Test func whateverComesNoInputHoldsAControl() {
        var random = SplitMix(seed: 20_26)
        let likely: [UInt8] =
            Array("\u{1B}\u{1B}\u{1B}[[OP]<;;?0129~MmAZu$^\\\u{7}\u{18} é監🔥200~201~".utf8) + [0xFF, 0x80]
        for round in 0..<3000 {
            var decoder = InputDecoder()
            var now = ContinuousClock().now
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let bytes = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                    Bool.random(using: &random)
                        ? likely.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
                }
                decoder.take(bytes, at: now)
                now += .milliseconds(Int.random(in: 0...2000, using: &random))
                decoder.settle(at: now)
            }
            decoder.settle(at: now + .seconds(5))
            #expect(decoder.patience(at: now) == nil)
            for case .key(let key) in decoder.inputs() {
                #expect(!key.description.isEmpty, "round \(round)")
                #expect(key.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
            }
        }
    }

    // MARK: mouse and focus

    @Test func clicksAreCountedWithinTheDoubleClickTime() {
        var decoder = InputDecoder()
        let start = ContinuousClock().now
        func click(_ text: String, _ after: Int) {
            decoder.take(Array(text.utf8), at: start + .milliseconds(after))
        }
        click("\u{1B}[<0;5;6M\u{1B}[<0;5;6m", 0)
        click("\u{1B}[<0;5;6M\u{1B}[<0;5;6m", 300)
        click("\u{1B}[<0;5;6M", 900)
        click("\u{1B}[<0;6;6M", 1000)
        let place = Point(4, 5)
        #expect(
            decoder.inputs() == [
                .click(place, count: 1), .click(place, count: 2), .click(place, count: 1),
                .click(Point(5, 5), count: 1),
            ])
    }

    @Test func theWheelTurnsAndOtherButtonsDoNothing() {
        #expect(Self.keys("\u{1B}[<1;2;3M\u{1B}[<2;2;3M\u{1B}[<35;2;3M\u{1B}[<128;2;3M") == [])
        let wheel = Self.inputs(Array("\u{1B}[<64;2;3M\u{1B}[<65;2;3M\u{1B}[<68;2;3M".utf8))
        #expect(wheel == [.wheel(Point(1, 2), -1), .wheel(Point(1, 2), 1), .wheel(Point(1, 2), -1)])
    }

    @Test func theOldestMouseReportIsUnderstood() {
        #expect(Self.inputs([0x1B, 0x5B, 0x4D, 32, 33, 34, 0x6A]) == [.click(Point(0, 1), count: 1), .key("j")])
        #expect(Self.inputs([0x1B, 0x5B, 0x4D, 0, 0, 0, 0x6A]) == [.key("j")])
    }

    @Test func focusComesAndGoes() {
        #expect(Self.inputs(Array("\u{1B}[I\u{1B}[O".utf8)) == [.focus(true), .focus(false)])
    }

    // MARK: paste

    @Test func aPasteIsTextWhateverItLooksLike() {
        let text = "rm -rf\n\u{1B}[A\u{3}監"
        #expect(Self.inputs(Array("\u{1B}[200~\(text)\u{1B}[201~j".utf8)) == [.paste(text), .key("j")])
    }

    @Test func aPasteMayBeCutAnywhere() {
        let bytes = Array("\u{1B}[200~a\u{1B}[20b\u{1B}[201~j".utf8)
        for cut in 1..<bytes.count {
            var decoder = InputDecoder()
            let now = ContinuousClock().now
            decoder.take(bytes[..<cut], at: now)
            decoder.take(bytes[cut...], at: now)
            #expect(decoder.inputs() == [.paste("a\u{1B}[20b"), .key("j")], "cut after \(cut)")
        }
    }

    @Test func linesOfAPasteEndAsLinesDo() {
        #expect(Self.inputs(Array("\u{1B}[200~a\rb\r\nc\nd\u{1B}[201~".utf8)) == [.paste("a\nb\nc\nd")])
    }

    @Test func aPasteIsKeptUpToItsLimit() {
        var decoder = InputDecoder()
        let now = ContinuousClock().now
        decoder.take(Array("\u{1B}[200~x".utf8), at: now)
        for _ in 0..<600 { decoder.take(Array(String(repeating: "é", count: 1024).utf8), at: now) }
        decoder.take(Array("\u{1B}[201~j".utf8), at: now)
        let inputs = decoder.inputs()
        guard case .paste(let text)? = inputs.first else {
            Issue.record("no paste")
            return
        }
        #expect(text.utf8.count == InputDecoder.pasteLimit - 1)
        #expect(text.dropFirst().allSatisfy { $0 == "é" })
        #expect(inputs.last == .key("j"))
    }

    @Test func aPasteWithoutAnEndDoesNotHoldTheKeyboard() {
        var decoder = InputDecoder()
        let start = ContinuousClock().now
        decoder.take(Array("\u{1B}[200~half".utf8), at: start)
        decoder.settle(at: start + .seconds(2))
        decoder.take(Array("j".utf8), at: start + .seconds(3))
        #expect(decoder.inputs() == [.paste("half"), .key("j")])
    }

    // MARK: answers

    @Test(arguments: [("1", true), ("2", true), ("0", false), ("4", false)])
    func aTerminalSaysWhetherFramesCanAppearAtOnce(_ value: String, _ can: Bool) {
        var decoder = InputDecoder()
        decoder.take(Array("\u{1B}[?2026;\(value)$y".utf8), at: ContinuousClock().now)
        #expect(decoder.canSynchronize == can)
        #expect(!decoder.hasAnswer)
        decoder.take(Array("\u{1B}[?64;1;2c".utf8), at: ContinuousClock().now)
        #expect(decoder.hasAnswer)
    }
}

/// A generator that gives the same numbers from the same seed (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
