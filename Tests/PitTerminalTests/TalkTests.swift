import Foundation
import PitGrid
import PitTestKit
import Testing

/// What a person at the terminal does arrives, and what they cannot use is refused in words.
@Suite(.serialized) struct TalkTests {
    @Test func keysArriveByName() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        try await stage.isShown()
        try stage.tmux.send("j", "G", "Space", "Enter", "Tab", "BTab", "BSpace", "DC", "IC", "Home", "End", "PageUp")
        try stage.tmux.send("F12", "C-r", "M-x", "é", "監", "C-Right", "Escape")
        let names = [
            "j", "G", "space", "enter", "tab", "shift-tab", "backspace", "delete", "insert", "home", "end", "pgup",
            "f12",
            "ctrl-r", "alt-x", "é", "監", "ctrl-right", "esc",
        ]
        try stage.tmux.resize(Size(80, 50))
        let lines = try await stage.tmux.wait(for: "key esc")
        #expect(lines.filter { $0.hasPrefix("key ") && !$0.contains("end|") } == names.map { "key \($0)" })
    }

    @Test func aPasteIsOneText() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        try await stage.isShown()
        try stage.tmux.paste("q\nrm -rf \u{1B}[A 監")
        try await stage.tmux.wait(for: "paste \"q\\nrm -rf \\u{1B}[A 監\"")
    }

    @Test func theMouseIsHeardOnlyIfAskedFor() async throws {
        for (argument, flag) in [("", "1"), ("--no-mouse", "0")] {
            let stage = try await Stage(argument)
            defer { stage.clean() }
            try await stage.isShown()
            #expect(try stage.tmux.display("#{mouse_any_flag}") == flag)
        }
    }

    @Test func theMouseClicksAndTheWheelTurns() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        try await stage.isShown()
        let click = "\u{1B}[<0;12;7M\u{1B}[<0;12;7m"
        try stage.tmux.send(bytes: Array("\(click)\(click)\u{1B}[<65;12;7M\u{1B}[I".utf8))
        let lines = try await stage.tmux.wait(for: "focus true")
        for words in ["click 11,6 1", "click 11,6 2", "wheel 11,6 1"] { #expect(lines.contains(words)) }
    }

    @Test func aSequenceInTwoPiecesIsOneKey() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        try await stage.isShown()
        try stage.tmux.send(bytes: Array("\u{1B}[1;".utf8))
        try stage.tmux.send(bytes: Array("5D".utf8))
        try await stage.tmux.wait(for: "key ctrl-left")
        #expect(try !stage.tmux.capture().contains { $0 == "key 5" || $0 == "key D" || $0 == "key esc" })
    }

    @Test func aCopyReachesTheClipboard() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        try await stage.isShown()
        try stage.tmux.send("c")
        try await stage.tmux.wait(for: "copied true")
        #expect(try stage.tmux.clipboard() == "pit wall ✓")
        try stage.tmux.send("C")
        try await stage.tmux.wait(for: "copied false")
    }

    @Test func aNotificationIsOneOrderAndNobodyCanForgeAnother() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        try await stage.isShown()
        let file = FileManager.default.temporaryDirectory.appending(path: "pitwall-notice-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try stage.tmux.record(to: file)
        try stage.tmux.send("n")
        try await stage.tmux.wait(for: "notified")
        let bytes = try String(contentsOfFile: file, encoding: .utf8)
        let order = try #require(bytes.split(separator: "]9;").dropFirst().first?.prefix { $0 != "\u{07}" })
        #expect(order.hasPrefix("witness: late, ") && order.hasSuffix("監"), "\(order.debugDescription)")
        #expect(!order.contains("\u{1B}") && !bytes.contains("]2;forged"))
    }

    // MARK: refused

    @Test func withoutATerminalTheRefusalSaysWhatToUse() throws {
        let output = try Command([Stage.witness], environment: ["TERM": "xterm-256color"]).run()
        #expect(output.status == 3)
        #expect(output.text.contains("standard input is none"))
        #expect(output.text.contains("pitwall snapshot"))
        #expect(!output.text.contains("\u{1B}"))
    }

    @Test func anOutputThatIsAPipeIsRefused() async throws {
        let tmux = try Tmux("\(Stage.witness) | cat; echo done; exec cat", size: Size(120, 10))
        let lines = try await tmux.wait(for: "done")
        #expect(lines.contains { $0.contains("standard output is none") })
    }

    @Test(arguments: [
        ("dumb", "a terminal that cannot place its cursor"), ("", "TERM is not set"),
        ("no-such-terminal", "`no-such-terminal`, which this machine knows nothing of"),
        ("../../etc/passwd", "`..?..?etc?passwd`, which"), ("a\u{1B}]2;x\u{7}b", "`a??2?x?b`, which"),
        (String(repeating: "x", count: 5000), "which this machine knows nothing of"),
    ])
    func aTerminalOfNoUseIsRefused(_ term: String, _ words: String) async throws {
        let stage = try await Stage(size: Size(160, 12), environment: ["TERM": term])
        defer { stage.clean() }
        let lines = try await stage.tmux.wait(for: "left")
        #expect(lines.contains("status 3"))
        #expect(lines.contains { $0.contains(words) }, "\(lines)")
        #expect(try await stage.harm() == [])
    }
}
