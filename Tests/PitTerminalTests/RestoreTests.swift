import Glibc
import PitGrid
import PitTestKit
import Testing

/// However the program ends, the terminal is as it was.
@Suite(.serialized) struct RestoreTests {
    enum Way: String, CaseIterable, Sendable {
        case quit, error, exit, trap, fault, abort, overflow, terminate, hangUp, interrupt
        case hungThenTwice, sentFault, quitSignal

        /// The key that brings it about.
        var key: String? {
            switch self {
            case .quit: "q"
            case .error: "E"
            case .exit: "X"
            case .trap: "T"
            case .fault: "S"
            case .abort: "A"
            case .overflow: "O"
            case .hungThenTwice: "H"
            case .terminate, .hangUp, .interrupt, .sentFault, .quitSignal: nil
            }
        }

        var signals: [Int32] {
            switch self {
            case .terminate: [SIGTERM]
            case .hangUp: [SIGHUP]
            case .interrupt: [SIGINT]
            case .hungThenTwice: [SIGTERM, SIGTERM]
            case .sentFault: [SIGSEGV]
            case .quitSignal: [SIGQUIT]
            default: []
            }
        }

        var status: Int32 {
            switch self {
            case .quit: 0
            case .error: 4
            case .exit: 7
            case .trap: 128 + SIGILL
            case .fault, .overflow, .sentFault: 128 + SIGSEGV
            case .abort: 128 + SIGABRT
            case .terminate, .hungThenTwice: 128 + SIGTERM
            case .hangUp: 128 + SIGHUP
            case .interrupt: 128 + SIGINT
            case .quitSignal: 128 + SIGQUIT
            }
        }
    }

    @Test(arguments: Way.allCases) func theTerminalIsAsItWas(_ way: Way) async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        let pid = try await stage.isShown()
        try #require(pid > 1)
        #expect(try stage.tmux.display("#{alternate_on}#{mouse_any_flag}") == "11")
        if let key = way.key { try stage.tmux.send(key) }
        for (index, signal) in way.signals.enumerated() {
            // The second of a pair counts only once the first was taken.
            if index > 0 || way == .hungThenTwice { try await Self.isPending(0, of: pid) }
            kill(pid, signal)
        }
        let lines = try await stage.tmux.wait(for: "left")
        #expect(lines.contains("status \(way.status)"), "\(lines)")
        #expect(try await stage.harm() == [])
        if way == .terminate { #expect(lines.contains("ended by 15")) }
    }

    /// Waits until the process sleeps and no signal waits for it.
    private static func isPending(_ count: Int, of pid: pid_t) async throws {
        let end = ContinuousClock().now + .seconds(180)
        while ContinuousClock().now < end {
            let status = try Command(["cat", "/proc/\(pid)/status"]).run().text
            let pending = status.split(separator: "\n").filter { $0.hasPrefix("ShdPnd") || $0.hasPrefix("SigPnd") }
            let sleeps = status.contains("State:\tS")
            if sleeps, pending.allSatisfy({ $0.hasSuffix(String(repeating: "0", count: 16)) }) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("process \(pid) does not rest")
    }

    @Test func titleIsGivenBack() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        try await stage.isShown()
        // Shown, not obeyed: the title's own escapes would have forged another.
        try await stage.tmux.wait(for: "witness ␛]2;forged␇", of: "#{pane_title}")
        try stage.tmux.send("q")
        try await stage.tmux.wait(for: "left")
        #expect(try stage.tmux.display("#{pane_title}").hasPrefix("witness") == false)
    }

    @Test(arguments: ["", "trap '' HUP; "]) func aClosedWindowEndsTheProgram(_ before: String) async throws {
        let tmux = try Tmux("\(before)exec \(Stage.witness)", size: Size(80, 30))
        let lines = try await tmux.wait(for: "log ")
        let pid = try #require(pid_t(lines[1].split(separator: " ")[1]))
        tmux.kill()
        #expect(try await Stage.isGone(pid))
    }
}
