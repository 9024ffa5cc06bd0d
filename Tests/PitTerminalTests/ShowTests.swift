import PitGrid
import PitTestKit
import Testing

/// What curses makes of a frame is what the frame says.
@Suite(.serialized) struct ShowTests {
    /// The line each text of the zoo should be on the screen.
    private static var zoo: [String] {
        Zoo.exact.map { text in
            var frame = Frame(Size(80, 1))
            frame.text(text, at: Point(0, 0))
            return String(frame.plainText.dropLast())
        } + Zoo.fitted.map(\.shown)
    }

    @Test func wideAndJoinedGlyphsKeepTheirColumns() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        try await stage.isShown()
        let lines = try stage.tmux.capture()
        #expect(Array(lines[3..<3 + Self.zoo.count]) == Self.zoo)
        #expect(lines[29] == String(repeating: " ", count: 79) + "+")
    }

    @Test(arguments: [
        ("xterm-256color", "palette256"), ("tmux-256color", "palette256"), ("screen-256color", "palette256"),
        ("screen", "sixteen"), ("xterm", "sixteen"), ("rxvt", "sixteen"), ("vt100", "none"), ("vt220", "none"),
        ("xterm-direct", "trueColor"),
    ])
    func everyTerminalShowsTheSameText(_ term: String, _ depth: String) async throws {
        let stage = try await Stage(environment: ["TERM": term])
        defer { stage.clean() }
        try await stage.isShown()
        let lines = try stage.tmux.capture()
        #expect(lines[0] == "80x30 \(depth) unicode \(term)")
        #expect(Array(lines[3..<3 + Self.zoo.count]) == Self.zoo)
        try stage.tmux.send("Up", "F1", "j")
        try await stage.tmux.wait(for: "key j")
        #expect(try stage.tmux.capture().contains("key up"))
        try stage.tmux.send("q")
        try await stage.tmux.wait(for: "left")
        #expect(try await stage.harm() == [])
    }

    @Test func theLinuxConsoleGetsPicturesItsFontHas() async throws {
        let stage = try await Stage(environment: ["TERM": "linux"])
        defer { stage.clean() }
        try await stage.tmux.wait(for: "80x30 sixteen ascii linux")
        try await stage.tmux.wait(for: "note the Linux console's font has no Braille")
    }

    @Test func withoutUTF8PicturesAreASCII() async throws {
        let stage = try await Stage(environment: ["LC_ALL": "C"])
        defer { stage.clean() }
        try await stage.tmux.wait(for: "80x30 palette256 ascii")
        let lines = try await stage.tmux.wait(for: "note the locale is not UTF-8")
        #expect(lines[3] == "plain | ? ? ?  | ? ? ?  | ? ? ? ?")
        #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x7F } })
    }

    @Test func plainIsAChoice() async throws {
        let stage = try await Stage("--plain")
        defer { stage.clean() }
        try await stage.tmux.wait(for: "80x30 palette256 ascii")
    }

    /// All that the witness sends while a key changes one line of its frame.
    private static func bytes(of stage: Stage, key: String) async throws -> String {
        let path = "\(stage.folder)/bytes-\(key)"
        try stage.tmux.record(to: path)
        try stage.tmux.send(key)
        try await stage.tmux.wait(for: "key \(key)")
        return try Command(["cat", path]).run().text
    }

    @Test func onlyWhatChangedIsSent() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        try await stage.isShown()
        let bytes = try await Self.bytes(of: stage, key: "j")
        #expect(!bytes.contains("fire") && !bytes.contains("palette256"))
        #expect(bytes.utf8.count < 200)
    }

    @Test func aFrameAppearsAtOnceOnceTheTerminalSaysItCan() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        try await stage.isShown()
        #expect(try await !Self.bytes(of: stage, key: "j").contains("\u{1B}[?2026"))
        // The answer that a terminal with the mode gives to the question asked at the start.
        try stage.tmux.send(bytes: Array("\u{1B}[?2026;2$y".utf8))
        let bytes = try await Self.bytes(of: stage, key: "k")
        let begin = try #require(bytes.firstRange(of: "\u{1B}[?2026h"))
        let end = try #require(bytes.firstRange(of: "\u{1B}[?2026l"))
        #expect(begin.upperBound < end.lowerBound)
        try stage.tmux.send("q")
        try await stage.tmux.wait(for: "left")
        #expect(try await stage.harm() == [])
    }

    // MARK: size

    @Test func anotherSizeIsDrawnWhole() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        try await stage.isShown()
        for size in [Size(120, 36), Size(200, 60), Size(40, 10), Size(3, 2), Size(1, 1), Size(400, 100)] {
            try stage.tmux.resize(size)
            let text = "\(size.width)x\(size.height)".prefix(max(0, size.width))
            let lines = try await stage.tmux.wait("\(size)") {
                $0.first?.hasPrefix(size.height == 1 ? "+" : text) == true && $0.count == size.height
                    && $0.last?.columns == size.width
            }
            #expect(lines.last?.last == "+")
        }
    }

    // MARK: colours

    private static func painted(_ arguments: String = "", _ environment: [String: String]) async throws -> [String] {
        let stage = try await Stage(arguments, environment: environment)
        defer { stage.clean() }
        try await stage.isShown()
        return try stage.tmux.capture(escapes: true)
    }

    @Test(arguments: ["truecolor", "24bit"]) func coloursAreExactWhereTheTerminalCan(_ word: String) async throws {
        let lines = try await Self.painted("", ["COLORTERM": word])
        #expect(lines[0].contains("80x30 trueColor unicode xterm-direct"))
        #expect(lines[2].contains("\u{1B}[38;2;80;250;123mgreen"))
        #expect(lines[2].contains("48;2;68;71;90mchosen"))
        // Not the palette's colour 3, which the entry's numbers below 8 stand for.
        #expect(lines[2].contains("38;2;0;0;8mblack"))
    }

    @Test func tmuxHasAnEntryOfItsOwn() async throws {
        let lines = try await Self.painted("", ["COLORTERM": "truecolor", "TERM": "tmux-256color"])
        #expect(lines[0].contains("trueColor unicode tmux-direct"))
        #expect(lines[2].contains("\u{1B}[38;2;80;250;123mgreen"))
    }

    @Test func aPaletteIsUsedWhereColoursAreNamed() async throws {
        let lines = try await Self.painted("", [:])
        #expect(lines[2].contains("\u{1B}[38;5;84mgreen"))
    }

    @Test func sixteenColoursAreTheTerminalsOwn() async throws {
        let lines = try await Self.painted("16", ["COLORTERM": "truecolor"])
        #expect(lines[0].contains("sixteen"))
        #expect(lines[2].contains("\u{1B}[32mgreen"))
    }

    @Test func whereBrightBlackWouldBeBlackItIsDim() async throws {
        let lines = try await Self.painted("", ["TERM": "screen"])
        #expect(!lines[2].contains("30m"))
        #expect(lines[2].contains("dim"))
    }

    @Test func aMissingEntryIsSaidAndDoneWithout() async throws {
        let folder = "/tmp/pitwall-terminfo-\(UInt64.random(in: 0...UInt64.max))"
        defer { _ = try? Command(["rm", "-r", folder]).run() }
        // An entry that cannot place the cursor stands before the true one, and is as good as none.
        let source = "printf 'xterm-direct|none,\\n\\tam, cols#80,\\n' | tic -o \(folder) /dev/stdin"
        try #require(try Command(["sh", "-c", "mkdir \(folder); \(source)"]).run().status == 0)
        let lines = try await Self.painted("", ["COLORTERM": "truecolor", "TERMINFO": folder])
        #expect(lines[0].contains("palette256 unicode xterm-256color"))
        #expect(
            lines.contains {
                $0.contains("note 24-bit colours need terminfo's xterm-direct, from the package ncurses-term")
            })
    }

    @Test func noColorMeansNone() async throws {
        let lines = try await Self.painted("", ["NO_COLOR": "1", "COLORTERM": "truecolor"])
        #expect(lines[0].contains("none"))
        let codes = ["[3", "[4", "[9", ";3", ";4", ";9"].filter { code in
            lines.contains { line in
                line.contains(code) && !line.contains("[4m") && !line.contains("[39m") && !line.contains("[49m")
            }
        }
        #expect(codes == [], "\(lines)")
        // The meaning is carried by other means.
        #expect(lines[2].contains("\u{1B}[7mchosen"))
    }

    @Test func anEmptyNoColorIsNoWish() async throws {
        #expect(try await Self.painted("", ["NO_COLOR": ""])[0].contains("palette256"))
    }

    @Test func anotherThemeRepaints() async throws {
        let stage = try await Stage(environment: ["COLORTERM": "truecolor"])
        defer { stage.clean() }
        try await stage.isShown()
        try stage.tmux.send("w")
        try await stage.tmux.wait(for: "key w")
        let lines = try stage.tmux.capture(escapes: true)
        #expect(lines[2].contains("38;2;18;52;86mgreen"))
        #expect(!lines.joined().contains("248;248;242"))
    }
}
