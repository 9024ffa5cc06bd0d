import Glibc
import PitGrid
import PitTestKit

/// The witness in a terminal, with what the terminal was before and is after.
struct Stage {
    let tmux: Tmux
    /// Holds what the stage writes down, until `clean`.
    let folder: String

    static let witness = Built.executable("PitTerminalWitness")
    /// Without this Swift's backtracer would keep a process that crashed waiting for a key.
    private static let quiet = ["SWIFT_BACKTRACE": "enable=no"]

    /// Starts the witness between two looks at the terminal's settings.
    init(_ arguments: String = "", size: Size = Size(80, 30), environment: [String: String] = [:]) async throws {
        folder = try Self.makeFolder()
        let script = """
            stty -g > \(folder)/before; \(Self.witness) \(arguments); echo "status $?"
            stty -g > \(folder)/after; echo left; exec cat -v
            """
        tmux = try Tmux(script, size: size, environment: environment.merging(Self.quiet) { $1 })
    }

    /// Starts an interactive shell, which knows jobs.
    init(shell size: Size) async throws {
        folder = try Self.makeFolder()
        let environment = ["PS1": "ready$ ", "HISTFILE": "/dev/null"].merging(Self.quiet) { $1 }
        tmux = try Tmux("exec bash --norc --noprofile -i", size: size, environment: environment)
        try await tmux.wait(for: "ready$")
        try tmux.type("stty -g > \(folder)/before; clear\n")
    }

    private static func makeFolder() throws -> String {
        var template = Array("/tmp/pitwall-stage-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw Command.Failure("no folder: \(errno)") }
        return String(cString: path)
    }

    /// Waits for the first frame, and gives the witness's process.
    @discardableResult
    func isShown() async throws -> pid_t {
        let lines = try await tmux.wait(for: "log ")
        let words = lines.first { $0.hasPrefix("pid ") }?.split(separator: " ") ?? []
        return words.count > 1 ? pid_t(words[1]) ?? 0 : 0
    }

    /// What differs from before; empty when the terminal is as it was found.
    func harm() async throws -> [String] {
        var harm: [String] = []
        if try settings("before") != settings("after") { harm.append("stty") }
        for (flag, calm) in [
            ("alternate_on", "0"), ("cursor_flag", "1"), ("mouse_any_flag", "0"), ("mouse_sgr_flag", "0"),
            ("keypad_flag", "0"), ("keypad_cursor_flag", "0"), ("insert_flag", "0"), ("origin_flag", "0"),
        ] where try tmux.display("#{\(flag)}") != calm {
            harm.append(flag)
        }
        try tmux.paste("pasted")
        let lines = try await tmux.wait(for: "pasted")
        if lines.contains(where: { $0.contains("^[[200~") }) { harm.append("bracketed paste") }
        return harm
    }

    /// The terminal's settings as they were written down.
    func settings(_ name: String) throws -> String { try Command(["cat", "\(folder)/\(name)"]).run().text }

    /// What a file in the folder holds.
    func bytes(_ name: String) throws -> [UInt8] {
        let file = open("\(folder)/\(name)", O_RDONLY)
        guard file >= 0 else { throw Command.Failure("\(name): error \(errno)") }
        defer { close(file) }
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &piece, piece.count)
            guard count > 0 else { return all }
            all += piece.prefix(count)
        }
    }

    /// Has the shell write the terminal's settings down anew.
    func saveSettings() throws { try tmux.type("stty -g > \(folder)/after; echo saved\n") }

    /// Waits for the end of a process; one that nobody takes note of is gone too. False if it does not come.
    static func isGone(_ pid: pid_t) async throws -> Bool {
        let end = ContinuousClock().now + .seconds(180)
        while ContinuousClock().now < end {
            let state = try Command(["sed", "-n", "s/^State:.\\(.\\).*/\\1/p", "/proc/\(pid)/status"]).run()
            if state.status != 0 || state.text.hasPrefix("Z") { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        kill(pid, SIGKILL)
        return false
    }

    /// Takes away what was written down.
    func clean() { _ = try? Command(["rm", "-r", folder]).run() }
}
