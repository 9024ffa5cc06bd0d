import Glibc
public import PitGrid
import Synchronization

/// A terminal with a person at it: tmux with a server of its own, driven from a test.
///
/// Nothing sleeps for a guessed time: every wait is for something seen, with a deadline.
public final class Tmux: Sendable {
    /// Why a wait ended in vain, with what was on the screen.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Names that keep the servers of one process apart.
    private static let serial = Mutex(0)

    private let socket: String

    /// Starts a shell command in a terminal of a size.
    ///
    /// What the caller's own terminal says of itself is taken away first; `environment` is added.
    public init(_ command: String, size: Size = Size(120, 36), environment: [String: String] = [:]) throws {
        let number = Self.serial.withLock { next in
            next += 1
            return next
        }
        socket = "/tmp/pitwall-tmux-\(getpid())-\(number)"
        var words = ["exec", "env", "-u", "COLORTERM", "-u", "NO_COLOR", "-u", "TMUX", "-u", "LINES", "-u", "COLUMNS"]
        let variables = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"].merging(environment) { $1 }
        words += variables.sorted { $0.key < $1.key }.map { Self.quoted("\($0.key)=\($0.value)") }
        words += ["sh", "-c", Self.quoted(command)]
        try tmux(
            ["-f", "/dev/null", "set", "-g", "status", "off", ";", "set", "-s", "escape-time", "0", ";"]
                + ["set", "-s", "set-clipboard", "on", ";", "set", "-g", "remain-on-exit", "on", ";"]
                + ["new-session", "-d", "-x", "\(size.width)", "-y", "\(size.height)", words.joined(separator: " ")])
    }

    deinit { kill() }

    /// A word that a shell reads as it is.
    public static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        let command = Command(
            ["tmux", "-u", "-S", socket] + arguments, environment: ["LC_ALL": "C.UTF-8", "TMUX": nil])
        let output = try command.run()
        guard output.status == 0 else {
            throw Failure(description: "tmux \(arguments.joined(separator: " ")): \(output.text)")
        }
        return output.text
    }

    // MARK: doing

    /// Presses keys by tmux's names: "j", "Enter", "C-c", "M-x", "PageUp", "F1".
    public func send(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

    /// Types a text.
    public func type(_ text: String) throws { try tmux(["send-keys", "-l", text]) }

    /// Sends bytes as a terminal would.
    public func send(bytes: some Sequence<UInt8>) throws {
        try tmux(["send-keys", "-H"] + bytes.map { String($0, radix: 16) })
    }

    /// Pastes a text, in brackets if the program has asked for them.
    public func paste(_ text: String) throws {
        try tmux(["set-buffer", "-b", "paste", text, ";", "paste-buffer", "-p", "-b", "paste"])
    }

    /// What a program has put on the clipboard (OSC 52).
    public func clipboard() throws -> String { try tmux(["show-buffer"]) }

    /// Makes the terminal another size.
    public func resize(_ size: Size) throws {
        try tmux(["resize-window", "-x", "\(size.width)", "-y", "\(size.height)"])
    }

    /// Closes the terminal, as closing its window does.
    public func kill() {
        _ = try? tmux(["kill-server"])
        unlink(socket)
    }

    /// From now on writes all that the program sends to the terminal into a file.
    public func record(to path: String) throws { try tmux(["pipe-pane", "exec cat > \(Self.quoted(path))"]) }

    // MARK: seeing

    /// The lines on the screen, without trailing blanks; with `escapes`, colours and attributes too.
    public func capture(escapes: Bool = false) throws -> [String] {
        let text = try tmux(["capture-pane", "-p"] + (escapes ? ["-e"] : []))
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// What tmux knows: "#{pane_title}", "#{alternate_on}", "#{cursor_flag}", "#{pane_dead_status}".
    public func display(_ format: String) throws -> String {
        let text = try tmux(["display-message", "-p", format])
        return String(text.prefix { $0 != "\n" })
    }

    /// Waits until the screen is as wanted, and gives its lines.
    @discardableResult
    public func wait(
        _ what: String, within deadline: Duration = .seconds(120), until condition: ([String]) -> Bool
    ) async throws -> [String] {
        try await wait(what, within: deadline, seeing: { try self.capture() }, until: condition)
    }

    /// Waits until a text is on the screen, and gives the lines.
    @discardableResult
    public func wait(for text: String, within deadline: Duration = .seconds(120)) async throws -> [String] {
        try await wait("`\(text)`", within: deadline) { lines in lines.contains { $0.contains(text) } }
    }

    /// Waits until tmux says `value` to a format.
    public func wait(for value: String, of format: String, within deadline: Duration = .seconds(120)) async throws {
        _ = try await wait("\(format) is `\(value)`", within: deadline, seeing: { try self.display(format) }) {
            $0 == value
        }
    }

    private func wait<Seen>(
        _ what: String, within deadline: Duration, seeing: () throws -> Seen, until condition: (Seen) -> Bool
    ) async throws -> Seen {
        let end = ContinuousClock().now + deadline
        while true {
            let seen = try seeing()
            if condition(seen) { return seen }
            guard ContinuousClock().now < end else {
                let screen = try capture().joined(separator: "\n")
                throw Failure(description: "waited \(deadline) for \(what); seen: \(seen); on the screen:\n\(screen)")
            }
            // Between two looks, not for what is looked for.
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
