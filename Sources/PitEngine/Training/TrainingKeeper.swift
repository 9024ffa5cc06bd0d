import Foundation
import Glibc
public import PitModel

/// Stays with one program that trains, after whoever started it is gone: takes its output, bounds it, reads metrics from
/// it, ends it when its time is over or somebody asks, and writes down how it ended.
public struct TrainingKeeper {
    private let folder: TrainingFolder
    private let order: TrainingFolder.Order
    private let now: @Sendable () -> Timestamp
    private let settings: GPUWatch.Settings
    private var output: TrainingOutput

    /// Milliseconds between two looks at whether to stop.
    private static let pause: Int32 = 200

    /// Runs the order of a folder to its end. Blocks.
    public static func keep(_ folder: TrainingFolder, now: @escaping @Sendable () -> Timestamp) {
        keep(folder, gpus: GPUWatch.Settings(), now: now)
    }

    static func keep(
        _ folder: TrainingFolder, gpus settings: GPUWatch.Settings, now: @escaping @Sendable () -> Timestamp
    ) {
        guard let order = folder.order() else { return }
        var keeper = TrainingKeeper(folder: folder, order: order, settings: settings, now: now)
        let end = keeper.run()
        keeper.output.save()
        try? folder.write(end, "end.json")
    }

    private init(
        folder: TrainingFolder, order: TrainingFolder.Order, settings: GPUWatch.Settings,
        now: @escaping @Sendable () -> Timestamp
    ) {
        (self.folder, self.order, self.settings, self.now) = (folder, order, settings, now)
        output = TrainingOutput(folder, maxLog: order.maxLog)
    }

    private mutating func run() -> Training.End {
        defer { output.close() }
        var pair: [Int32] = [-1, -1]
        guard output.isOpen, pipe(&pair) == 0 else {
            return Training.End(.notStarted, at: now(), words: "no file for its output: \(Self.error())")
        }
        for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(pair[0], F_SETFL, O_NONBLOCK)
        let (pid, failure) = ProgramStart.spawn(
            order.words, output: pair[1], directory: order.directory, environment: order.environment)
        close(pair[1])
        defer { close(pair[0]) }
        guard failure == 0 else {
            let name = order.words.first ?? ""
            let place = order.directory.map { " in \($0)" } ?? ""
            return Training.End(
                .notStarted, at: now(), words: "cannot start \(name)\(place): \(String(cString: strerror(failure)))")
        }
        try? folder.write([getpid(), pid].compactMap { ProcessMark($0) }, "processes.json")
        let gpus = GPUWatch(folder, program: pid, environment: order.environment, settings: settings, now: now)
        gpus.begin()
        let end = watch(pid, pair[0])
        gpus.end(at: end.at)
        return end
    }

    private mutating func watch(_ pid: pid_t, _ pipe: Int32) -> Training.End {
        let clock = ContinuousClock()
        let begun = clock.now
        var lastSaved = begun
        var ending: (kind: Training.End.Kind, words: String, at: ContinuousClock.Instant)?
        while true {
            var descriptor = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            _ = poll(&descriptor, 1, Self.pause)
            if descriptor.revents != 0, take(pipe) == false {
                // The pipe is closed, and the program may go on without it.
                usleep(UInt32(Self.pause) * 100)
            }
            let time = clock.now
            if output.isChanged, time - lastSaved > .seconds(1) {
                output.save()
                lastSaved = time
            }
            var status: Int32 = 0
            let found = waitpid(pid, &status, WNOHANG)
            if found == pid || found < 0 && errno != EINTR {
                while take(pipe) {}
                // What it left behind ends with it.
                kill(-pid, SIGKILL)
                output.endLine(at: now())
                return end(found == pid ? status : 0, ending.map { ($0.kind, $0.words) })
            }
            if let asked = ending {
                if time - asked.at > .seconds(order.grace) { kill(-pid, SIGKILL) }
            } else if folder.isAskedToStop {
                ending = (.stopped, "stopped when asked to", time)
                kill(-pid, SIGTERM)
            } else if time - begun > .seconds(order.timeout) {
                ending = (.timedOut, "stopped after its \(order.timeout) s", time)
                kill(-pid, SIGTERM)
            }
        }
    }

    private func end(_ status: Int32, _ asked: (kind: Training.End.Kind, words: String)?) -> Training.End {
        let signal = status & 0x7F
        let code = signal == 0 ? status >> 8 & 0xFF : 128 + signal
        if let asked { return Training.End(asked.kind, status: code, at: now(), words: asked.words) }
        if code == 0 { return Training.End(.finished, status: 0, at: now()) }
        let words = signal == 0 ? "it ended with status \(code)" : "signal \(signal) ended it"
        let last = folder.tail(1).last.map { ": \($0.prefix(200))" } ?? ""
        return Training.End(.failed, status: code, at: now(), words: words + last)
    }

    // MARK: Output

    /// False when nothing can come any more.
    private mutating func take(_ pipe: Int32) -> Bool {
        var got = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, filled in
            got = read(pipe, buffer.baseAddress, buffer.count)
            filled = max(0, got)
        }
        guard got > 0 else { return false }
        output.take(bytes, at: now())
        return true
    }

    private static func error() -> String { String(cString: strerror(errno)) }
}
