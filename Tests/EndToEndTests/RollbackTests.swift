import Foundation
import PitGrid
import PitTestKit
import Testing

extension EndToEnd {
    /// What stands in the field that wants the deployment's name.
    private static func typedName(_ lines: [String]) -> String? {
        lines.lazy.compactMap { line in
            line.firstRange(of: "Type its name").map { line[$0.upperBound...].prefix { $0 != "│" } }
        }.first.map { $0.split(separator: " ").joined(separator: " ") }
    }

    @Test("the whole circle in the demo: a bad release, R, the plan, the typed name, the rollout, and the proof")
    func circle() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-circle-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let tmux = try Tmux(
            "exec \(Tmux.quoted(Peers.program)) demo --speed 4", size: Size(120, 36),
            environment: ["XDG_STATE_HOME": folder, "XDG_CONFIG_HOME": folder])
        try await tmux.wait("code-assist slow since r4") { lines in
            lines.contains { $0.contains("code-assist") && $0.contains("slow") && $0.contains("r4") }
        }
        try tmux.send("g", "g")
        try await tmux.wait("code-assist chosen") { lines in
            lines.contains { $0.contains("▸") && $0.contains("code-assist") }
        }
        try tmux.send("R")
        try await tmux.wait("the plan") { lines in
            let text = lines.joined(separator: "\n")
            return text.contains("Roll back serving/code-assist") && text.contains("--max-num-seqs")
        }
        try tmux.send("Enter")
        // The pace of a hand: what comes faster is swallowed, and a slow machine reads together what came apart.
        var typed = ""
        for letter in "serving/code-assist" {
            typed.append(letter)
            try tmux.type(String(letter))
            try await tmux.wait("`\(typed)` in its field") { Self.typedName($0) == typed }
            try await Task.sleep(for: .milliseconds(80))
        }
        try tmux.send("Enter")
        try await tmux.wait(for: "r3")
        try await tmux.wait(for: "RECOVERED", within: .seconds(240))
        let shown = try tmux.capture().joined(separator: "\n")
        #expect(!shown.contains("NOT RECOVERED"))
        try tmux.send("1")
        try await tmux.wait("code-assist well again on r3") { lines in
            lines.contains { $0.contains("code-assist") && $0.contains(" ok ") && $0.contains("r3") }
        }
    }
}
