import Foundation
import PitGrid
import PitTestKit
import Testing

extension EndToEnd {
    /// Responses that want to harm whoever reads them, each a line of a file.
    private static func hostileLines() -> Data {
        let texts = [
            "\u{1B}]0;pwned\u{07}\u{1B}]52;c;cHduZWQ=\u{07}\u{1B}[2J\u{1B}[?1049l\u{1B}cgone?",
            String(repeating: "five megabytes of words ", count: 220_000),
            "o" + String(repeating: "\u{301}", count: 100_000),
            "\u{202E}drawkcab\u{202C} \u{2066}isolated\u{2069} \u{200F}rtl שלום \u{061C}عربي",
            String(repeating: "x", count: 300_000),
            String(repeating: "[", count: 100_000) + "](" + String(repeating: "*", count: 100_000),
            "```\n" + String(repeating: "| a ", count: 20_000) + "\n```",
            "漢字かな交じり文 " + String(repeating: "👩\u{200D}👩\u{200D}👧", count: 2000),
            "\u{9B}31m\u{90}q\u{9C}\u{0}\u{7F}\u{08}\u{08}\r over",
        ]
        var lines = Data()
        func add(_ number: Int, _ response: [UInt8]) {
            let head =
                #"{"id":"h\#(number)","model":"m","timestamp":"2026-01-01T00:00:\#(10 + number)Z","prompt":"q\#(number)","response":"#
            lines += Data(head.utf8) + response + Data("}\n".utf8)
        }
        for (number, text) in texts.enumerated() {
            add(number, Array((try? JSONEncoder().encode(text)) ?? Data(#""""#.utf8)))
        }
        // No UTF-8: halves, overlong forms, surrogates.
        add(
            texts.count,
            Array("\"bad ".utf8) + [0xC0, 0x9B, 0xED, 0xA0, 0x80, 0xFF, 0x9B, 0xE2, 0x80] + Array("\"".utf8))
        return lines
    }

    @Test("responses that want to harm their reader are judged a key each, and nothing of them reaches the terminal")
    func hostileResponses() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-harm-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "models: [{name: m}]\nconnections: []\n".write(
            toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
        try Self.hostileLines().write(to: URL(filePath: folder + "/harm.jsonl"))
        let environment = ["XDG_STATE_HOME": folder + "/state", "LC_ALL": "C.UTF-8"]
        func pitwall(_ words: String...) throws -> Command.Output {
            try Command([Peers.program] + words + ["--config", folder + "/config.yaml"], environment: environment).run()
        }
        let read = try pitwall("interactions", "import", folder + "/harm.jsonl", "--model", "m")
        let made = try pitwall("queue", "create", "harm")
        #expect(read.text.contains("10 new ones kept") && made.text.contains("harm: 10 items"), "\(read.text)")
        let count = 10

        let shell = "\(Tmux.quoted(Peers.program)) label harm --config \(folder)/config.yaml; echo left=$?; exec cat"
        let terminal = try Tmux(shell, size: Size(80, 24), environment: environment)
        try terminal.record(to: folder + "/bytes")
        try await terminal.wait(for: "0/\(count) judged")
        for number in 1...count {
            try terminal.send("G")
            try terminal.send("k")
            let lines = try await terminal.wait(for: "\(number)/\(count) judged")
            #expect(lines.count == 24)
        }
        try await terminal.wait(for: "All \(count) are judged")
        try terminal.send("u")
        try await terminal.wait(for: "\(count - 1)/\(count) judged")
        try terminal.send("Escape")
        try await terminal.wait(for: "RUBRIC")
        try terminal.send("q")
        try await terminal.wait(for: "left=0")
        let bytes = try Data(contentsOf: URL(filePath: folder + "/bytes"))
        for harm in ["pwned", "cHduZWQ="] {
            #expect(bytes.range(of: Data("\u{1B}]0;\(harm)".utf8)) == nil)
            #expect(bytes.range(of: Data("\u{1B}]52;c;\(harm)".utf8)) == nil)
        }
        #expect(bytes.range(of: Data("\u{1B}c".utf8)) == nil && bytes.range(of: Data([0xE2, 0x80, 0xAE])) == nil)
    }
}
