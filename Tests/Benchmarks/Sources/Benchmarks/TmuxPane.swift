import Foundation

/// A tmux of our own with one pane of 200x60, watched through its control mode, so that what a program draws is seen
/// as it comes.
final class TmuxPane {
    private let socket: String
    private let control = Process()
    private let commands = Pipe()
    private let output = Pipe()
    private var pending: [UInt8] = []

    init(_ bench: Bench) throws {
        socket = bench.room.appending(path: "tmux").path
        // The server that this leaves behind must not hold what tells that a process has ended, nor a pipe.
        let alone = "for f in /proc/self/fd/*; do f=${f##*/}; [ $f -le 2 ] || eval \"exec $f>&-\"; done"
        let settings = "set -g status off \\; set -g remain-on-exit on \\; set -g default-terminal tmux-256color"
        let start = "exec tmux -u -f /dev/null -S '\(socket)' \(settings) \\; new-session -d -x 200 -y 60 'exec cat'"
        try bench.run(
            "/usr/bin/env", ["TMUX=", "LC_ALL=C.UTF-8", "bash", "-c", "\(alone); \(start) >/dev/null 2>&1"])
        control.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        control.arguments = ["tmux", "-u", "-S", socket, "-C", "attach"]
        control.standardInput = commands
        control.standardOutput = output
        try control.run()
        // Whatever is said first, an answer to this comes after it.
        tell("display-message -p attached")
        _ = try wait(seconds: 10) { $0.contains("attached") }
    }

    func close() {
        tell("kill-server")
        control.waitUntilExit()
        unlink(socket)
    }

    private func tell(_ command: String) { commands.fileHandleForWriting.write(Data("\(command)\n".utf8)) }

    /// Runs a command instead of what is there now, and gives the seconds until `mark` is on its way to the screen.
    func time(_ command: String, until mark: String, seconds: Double = 20) throws -> Double {
        pending = []
        let began = ContinuousClock().now
        tell("respawn-pane -k \"\(command)\"")
        _ = try wait(seconds: seconds) { $0.contains(mark) }
        return (ContinuousClock().now - began) / .seconds(1)
    }

    /// Presses a key, and gives the seconds until `mark`, or without one anything at all, is on its way to the screen.
    func press(_ key: String, until mark: String?, seconds: Double) throws -> Double {
        pending = []
        let began = ContinuousClock().now
        tell("send-keys \(key)")
        _ = try wait(seconds: seconds) { $0.contains(mark ?? "%output") }
        return (ContinuousClock().now - began) / .seconds(1)
    }

    /// Runs a command instead of what is there now.
    func start(_ command: String) { tell("respawn-pane -k \"\(command)\"") }

    /// Takes in what comes for some time.
    func drain(seconds: Double) {
        _ = try? wait(seconds: seconds) { _ in false }
        pending = []
    }

    /// The lines on the screen.
    func lines(_ bench: Bench) throws -> [Substring] {
        try bench.run("/usr/bin/env", ["tmux", "-u", "-S", socket, "capture-pane", "-p"]).output.split(
            separator: "\n", omittingEmptySubsequences: false)
    }

    private func wait(seconds: Double, until condition: (String) -> Bool) throws -> String {
        let end = ContinuousClock().now + .seconds(seconds)
        let descriptor = output.fileHandleForReading.fileDescriptor
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while ContinuousClock().now < end {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 100) > 0 else { continue }
            let count = read(descriptor, &bytes, bytes.count)
            guard count > 0 else { break }
            pending += bytes.prefix(count)
            let text = String(decoding: pending, as: UTF8.self)
            if condition(text) { return text }
            if pending.count > 1 << 20 { pending.removeFirst(pending.count / 2) }
        }
        throw Bench.Failure(description: "not seen on the screen within \(seconds) s")
    }
}
