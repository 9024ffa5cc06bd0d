import Glibc
import PitGrid
import PitTestKit
import Testing

/// Stopped, the terminal is the shell's; continued, it is the console's again.
@Suite(.serialized) struct SuspendTests {
    /// An interactive shell with the witness as its job in the foreground.
    private static func start() async throws -> (stage: Stage, pid: pid_t) {
        let stage = try await Stage(shell: Size(80, 30))
        try stage.tmux.type("\(Stage.witness)\n")
        let pid = try await stage.isShown()
        try #require(pid > 1)
        return (stage, pid)
    }

    private static func expectShell(_ stage: Stage) async throws {
        try await stage.tmux.wait(for: "Stopped")
        try stage.saveSettings()
        try await stage.tmux.wait(for: "saved")
        // Bash edits lines in its own mode: what counts is that the screen and the modes are left.
        #expect(try stage.tmux.display("#{alternate_on}#{mouse_any_flag}#{cursor_flag}") == "001")
        #expect(try stage.settings("before") == stage.settings("after"))
    }

    private static func expectConsole(_ stage: Stage, key: String) async throws {
        try await stage.tmux.wait(for: "1", of: "#{alternate_on}")
        try await stage.tmux.wait(for: "log ")
        try stage.tmux.send(key)
        try await stage.tmux.wait(for: "key \(key)")
        #expect(try stage.tmux.display("#{mouse_any_flag}") == "1")
        try stage.tmux.paste("back again")
        try await stage.tmux.wait(for: "paste \"back again\"")
    }

    @Test func ctrlZStopsAndFgComesBack() async throws {
        let (stage, _) = try await Self.start()
        defer { stage.clean() }
        try stage.tmux.send("C-z")
        try await Self.expectShell(stage)
        try stage.tmux.type("fg\n")
        try await Self.expectConsole(stage, key: "j")
        try stage.tmux.send("q")
        try await stage.tmux.wait(for: "0", of: "#{alternate_on}")
    }

    @Test func aStopFromOutsideIsTheSame() async throws {
        let (stage, pid) = try await Self.start()
        defer { stage.clean() }
        kill(pid, SIGTSTP)
        try await Self.expectShell(stage)
        try stage.tmux.type("fg\n")
        try await Self.expectConsole(stage, key: "k")
    }

    @Test func afterAStopThatCannotBeSeenAllIsDrawnAnew() async throws {
        let (stage, pid) = try await Self.start()
        defer { stage.clean() }
        kill(pid, SIGSTOP)
        try await stage.tmux.wait(for: "Stopped")
        try stage.tmux.type("clear; tput rmcup; echo over-written\n")
        try await stage.tmux.wait(for: "over-written")
        try stage.tmux.type("fg\n")
        try await Self.expectConsole(stage, key: "l")
        #expect(try !stage.tmux.capture().contains { $0.contains("over-written") })
    }

    @Test func aSizeThatChangedMeanwhileIsTakenUp() async throws {
        let (stage, _) = try await Self.start()
        defer { stage.clean() }
        try stage.tmux.send("C-z")
        try await stage.tmux.wait(for: "Stopped")
        try stage.tmux.resize(Size(70, 25))
        try stage.tmux.type("fg\n")
        try await stage.tmux.wait(for: "70x25 ")
    }

    @Test func aStoppedConsoleCanBeEnded() async throws {
        let (stage, pid) = try await Self.start()
        defer { stage.clean() }
        try stage.tmux.send("C-z")
        try await Self.expectShell(stage)
        try stage.tmux.type("kill %1\n")
        try await stage.tmux.wait(for: "ended by 15")
        #expect(try await Stage.isGone(pid))
        #expect(try stage.tmux.display("#{alternate_on}#{mouse_any_flag}#{cursor_flag}") == "001")
    }

    @Test func whereNoShellWaitsCtrlZDoesNothing() async throws {
        let tmux = try Tmux("exec \(Stage.witness)", size: Size(80, 30))
        try await tmux.wait(for: "log ")
        try tmux.send("C-z", "j")
        try await tmux.wait(for: "key j")
        #expect(try tmux.display("#{alternate_on}") == "1")
    }
}
