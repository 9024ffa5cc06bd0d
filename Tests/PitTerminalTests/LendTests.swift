import Glibc
import PitGrid
import PitTestKit
import Testing

/// Lent to another program, the terminal is as the shell left it; then it is the console's again.
@Suite(.serialized) struct LendTests {
    @Test func aProgramHasTheTerminalAndTheConsoleTakesItUpAgain() async throws {
        let stage = try await Stage(environment: ["LENT": "stty; echo given; read line; echo \"$line\"; exit 3"])
        defer { stage.clean() }
        try await stage.isShown()
        try stage.tmux.send("e")
        try await stage.tmux.wait(for: "given")
        #expect(try stage.tmux.display("#{alternate_on}#{mouse_any_flag}#{cursor_flag}") == "001")
        #expect(
            try stage.tmux.capture().contains { $0.contains("speed") }
                && !stage.tmux.capture().contains { $0.contains("-icanon") })
        try stage.tmux.type("typed\n")
        try await stage.tmux.wait(for: "lent ended(3)")
        #expect(try stage.tmux.display("#{alternate_on}#{mouse_any_flag}") == "11")
        try stage.tmux.send("j")
        try await stage.tmux.wait(for: "key j")
        // What was typed there was the program's.
        #expect(try !stage.tmux.capture().contains { $0.contains("key t") })
        try stage.tmux.send("q")
        try await stage.tmux.wait(for: "left")
        #expect(try await stage.harm() == [])
    }

    @Test func ctrlCIsTheProgramsAlone() async throws {
        let stage = try await Stage(environment: [
            "LENT": "trap 'echo caught; exit 5' INT; echo given; while :; do read line; done"
        ])
        defer { stage.clean() }
        try await stage.isShown()
        try stage.tmux.send("e")
        try await stage.tmux.wait(for: "given")
        try stage.tmux.send("C-c")
        try await stage.tmux.wait(for: "lent ended(5)")
        try stage.tmux.send("j")
        try await stage.tmux.wait(for: "key j")
        try stage.tmux.send("q")
        // The shell around it takes the key for its own, too, once that has ended: it may not come to say so.
        try await stage.tmux.wait(for: "0", of: "#{alternate_on}")
    }

    @Test func askedToEndItTellsTheProgramAndEndsAfterIt() async throws {
        let stage = try await Stage(environment: [
            "LENT": "trap 'echo hung up; exit 0' HUP; echo given; while :; do read line; done"
        ])
        defer { stage.clean() }
        let pid = try await stage.isShown()
        try stage.tmux.send("e")
        try await stage.tmux.wait(for: "given")
        kill(pid, SIGTERM)
        try await stage.tmux.wait(for: "hung up")
        try await stage.tmux.wait(for: "ended by 15")
        try await stage.tmux.wait(for: "left")
        #expect(try await stage.harm() == [])
    }

    @Test func aProgramThatStopsStopsTheJobAndFgContinuesBoth() async throws {
        let stage = try await Stage(shell: Size(80, 30))
        defer { stage.clean() }
        try stage.tmux.type("LENT='echo given; kill -TSTP $$; echo continued; read line' \(Stage.witness)\n")
        try await stage.isShown()
        try stage.tmux.send("e")
        try await stage.tmux.wait(for: "Stopped")
        try stage.tmux.type("fg\n")
        try await stage.tmux.wait(for: "continued")
        try stage.tmux.type("\n")
        try await stage.tmux.wait(for: "lent ended(0)")
        try stage.tmux.send("j")
        try await stage.tmux.wait(for: "key j")
        try stage.tmux.send("q")
        try await stage.tmux.wait(for: "0", of: "#{alternate_on}")
    }

    @Test func whatCannotBeStartedIsSaid() async throws {
        let stage = try await Stage(environment: ["LENT": "exec /no/such/program"])
        defer { stage.clean() }
        try await stage.isShown()
        try stage.tmux.send("e")
        try await stage.tmux.wait(for: "lent ended(127)")
        try stage.tmux.send("q")
        try await stage.tmux.wait(for: "left")
        #expect(try await stage.harm() == [])
    }
}
