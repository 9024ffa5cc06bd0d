import PitGrid
import PitTestKit
import Testing

/// Text from anywhere does nothing to a terminal but print, in the columns that were counted.
@Suite struct SafeTextTests {
    @Test func randomStringsSendNoControlAndMoveNoColumn() {
        let outcome = HostileFrames.check(strings: 20_000, seed: 7)
        #expect(outcome.fault == nil)
        #expect(outcome.streamBytes > 1_000_000)
    }

    @Test(arguments: [
        ("\u{1B}[2J\u{9B}31m", "␛[2J<9B>31m"), ("a\u{202E}b", "a<202E>b"), ("\r\n\t\u{7F}", "␍␊␉␡"),
        ("soft\u{AD}hyphen", "soft<AD>hyphen"), ("tag\u{E0041}", "tag<E0041>"), ("\u{10FFFF}", "<10FFFF>"),
        ("\u{6DD}12", "<6DD>12"),
    ])
    func whatIsHiddenOrCommandsIsShown(_ raw: String, _ shown: String) {
        #expect(SafeText(raw).description == shown)
    }

    @Test func bytesThatAreNoTextAreNoControls() {
        #expect(SafeText(bytes: [0x9B, 0x33, 0x31, 0x6D]).description == "\u{FFFD}31m")
        #expect(SafeText(bytes: [0xC0, 0x9B]).description == "\u{FFFD}\u{FFFD}")
    }

    @Test(arguments: ["👩\u{200D}💻", "❤\u{FE0F}", "1\u{FE0F}\u{20E3}", "🇫🇷", "👍🏽", "👨\u{200D}👩\u{200D}👧\u{200D}👦"])
    func whatIsOnePictureStaysOne(_ picture: String) {
        #expect(SafeText(picture).description == picture)
        #expect(SafeText(picture).columns == 2)
    }

    @Test(arguments: [
        ("a\u{200D}b", "a<200D>b"), ("👩\u{200D}", "👩<200D>"), ("1\u{200D}2", "1<200D>2"), ("1\u{FE0F}2", "1<FE0F>2"),
        ("👩\u{200D}x", "👩<200D>x"),
    ])
    func aJoinerThatJoinsNoPicturesIsShown(_ raw: String, _ shown: String) {
        #expect(SafeText(raw).description == shown)
    }

    @Test(arguments: ["e\u{301}", "क्षि", "한국어", "ไทย", "\u{1112}\u{1161}\u{11AB}", "שלום", "ß"])
    func wordsOfAnyScriptStayAsTheyAre(_ word: String) { #expect(SafeText(word).description == word) }

    /// What has no end in one grapheme: marks, joined pictures, Hangul letters, conjuncts, signs that stand before.
    private static let endless: [(unit: String, base: String)] = [
        ("\u{301}", "o"), ("\u{200D}👩", "👩"), ("\u{1100}", "\u{1100}"), ("\u{94D}\u{915}", "\u{915}"),
        ("\u{0D4E}", "\u{0D4E}"), ("\u{0600}", "a"), ("🏽", "👍"), ("\u{FE0F}", "❤"), ("\u{93E}", "\u{915}"),
        ("\u{11A8}", "한"),
    ]

    @Test(arguments: endless)
    func aGraphemeWithoutEndIsCut(_ unit: String, _ base: String) {
        let text = SafeText(base + String(repeating: unit, count: 100_000))
        #expect(SafetyFault.find(in: text.description) == nil)
        var frame = Frame(Size(40, 1))
        frame.text(text, in: Rect(0, 0, 30, 1))
        frame.text("| end", at: Point(30, 0))
        #expect(frame.rowIsWhole(0))
        #expect(frame[30, 0].glyph == "|")
        #expect(frame.plainText.utf8.count < 40 * 60)
    }

    @Test func aNameOf64KilobytesIsCutToItsColumn() {
        for part in ["x", "監", "\u{202E}", "👩\u{200D}👩\u{200D}👦", "e\u{301}", "\u{1B}["] {
            let text = SafeText(String(repeating: part, count: 65_536 / part.utf8.count))
            #expect(text.truncated(to: 20).columns <= 20)
            #expect(text.truncated(to: 20).columns >= 19)
            #expect(text.wrapped(to: 20).allSatisfy { $0.columns <= 20 })
            #expect(SafetyFault.find(in: text.description) == nil)
        }
    }

    @Test func whatIsNotAssignedIsNarrowAsTerminalsHaveIt() {
        #expect(SafeText("\u{378}").columns == 1)
        #expect(SafeText("\u{E000}").columns == 1)
        #expect(SafeText("\u{2FFFD}").columns == 2)
        #expect(SafeText("監").columns == 2)
    }
}
