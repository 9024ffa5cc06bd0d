import Glibc
import Synchronization

/// Waits, on a thread that is none of Swift's own, for something asynchronous. The commands' `run` is synchronous so that
/// the console can keep the main thread for the terminal.
enum Blocking {
    static func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) throws -> T {
        let box = Box<T>()
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Stop(.couldNotRun, "no file descriptor is left") }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        Task.detached {
            let result: Result<T, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            box.value.withLock { $0 = result }
            close(writing)
        }
        var byte: UInt8 = 0
        while read(reading, &byte, 1) < 0, errno == EINTR {}
        guard let result = box.value.withLock({ $0 }) else { throw Stop(.couldNotRun, "a task ended without a result") }
        return try result.get()
    }

    private final class Box<T: Sendable>: Sendable {
        let value = Mutex<Result<T, any Error>?>(nil)
    }
}
