import PitGrid
import PitTestKit
import Testing

/// Names from a hostile server, on a real terminal.
@Suite(.serialized) struct HostileNamesTests {
    private static let pages = 12

    /// The column in which the border after the names stands.
    private static func border(_ line: String) -> Int? {
        guard let end = line.unicodeScalars.lastIndex(of: "\u{2551}") else { return nil }
        return line.unicodeScalars[..<end].reduce(0) { $0 + Character($1).columns }
    }

    @Test(arguments: [["COLORTERM": "truecolor"], ["TERM": "tmux-256color"], ["TERM": "vt220"]])
    func nothingIsSentThatIsNotMeantAndNoColumnMoves(_ environment: [String: String]) async throws {
        let stage = try await Stage("--hostile", environment: environment)
        defer { stage.clean() }
        try await stage.tmux.wait(for: "log ")
        let path = "\(stage.folder)/stream"
        try stage.tmux.record(to: path)
        for page in 1...Self.pages {
            let before = try #require(try stage.tmux.capture().first)
            try stage.tmux.send("j")
            let lines = try await stage.tmux.wait("page \(page)") { lines in
                lines.first != before && lines.filter { $0.unicodeScalars.contains("\u{2551}") }.count == 29
            }
            for line in lines.dropFirst() { #expect(Self.border(line) == 60, "\(line.debugDescription)") }
        }
        let bytes = try stage.bytes("stream")
        #expect(bytes.count > 8000)
        #expect(TerminalStream.strange(bytes) == nil)
        #expect(String(validating: bytes, as: UTF8.self) != nil)
        try stage.tmux.send("q")
        try await stage.tmux.wait(for: "left")
        #expect(try await stage.harm() == [])
    }

    @Test(arguments: [
        "\u{1B}]0;t\u{07}", "\u{1B}P1\u{1B}\\", "\u{1B}c", "\u{9B}31m", "\u{07}", "\u{1B}[6n", "\u{1B}[?1049h",
        "\u{1B}[8;1;1t",
    ])
    func whatIsStrangeInAStreamIsFound(_ bytes: String) {
        #expect(TerminalStream.strange(Array("a\(bytes)b".utf8)) != nil)
        #expect(TerminalStream.strange(Array("a\u{1B}[1;2H\u{1B}[0;38;5;84mb\u{1B}(B\r\n".utf8)) == nil)
    }
}
