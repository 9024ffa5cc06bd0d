import Glibc
import Synchronization

/// Waits, on a thread that is none of Swift's own, for something asynchronous. The commands' `run` is synchronous so that
/// the console can keep the main thread for the terminal.
enum Blocking {
    static func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) throws -> T {
        try start(body).wait()
    }

    /// Begins something beside what the caller does until it waits.
    static func start<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) throws -> Pending<T> {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Stop(.couldNotRun, "no file descriptor is left") }
        let (reading, writing) = (ends[0], ends[1])
        let pending = Pending<T>(reading)
        Task.detached {
            let result: Result<T, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            pending.end(result)
            close(writing)
        }
        return pending
    }

    /// What was begun, and its result once it is there.
    final class Pending<T: Sendable>: Sendable {
        private let value = Mutex<Result<T, any Error>?>(nil)
        private let reading: Int32

        fileprivate init(_ reading: Int32) { self.reading = reading }

        deinit { close(reading) }

        fileprivate func end(_ result: Result<T, any Error>) { value.withLock { $0 = result } }

        func wait() throws -> T {
            var byte: UInt8 = 0
            while read(reading, &byte, 1) < 0, errno == EINTR {}
            guard let result = value.withLock({ $0 }) else {
                throw Stop(.couldNotRun, "a task ended without a result")
            }
            return try result.get()
        }
    }
}
