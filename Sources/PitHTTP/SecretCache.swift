import PitModel
import Synchronization

/// A secret that was read, and those who wait for it to be read again.
final class SecretCache: Sendable {
    typealias Answer = Result<Secret, ConnectorFault>

    private struct Waiter {
        var continuation: CheckedContinuation<Answer, Never>
        var alarm: Task<Void, Never>
    }

    private struct State {
        var kept: (secret: Secret, until: ContinuousClock.Instant)?
        var waiters: [UInt64: Waiter] = [:]
        var nextID: UInt64 = 0
        var isReading = false

        /// What is kept, unless that is too old or is `other`.
        func usable(other: Secret?) -> Secret? {
            guard let kept, kept.until > ContinuousClock().now, kept.secret.value != other?.value else { return nil }
            return kept.secret
        }
    }

    private let read: @Sendable () async throws(ConnectorFault) -> (Secret, lifetime: Double)
    private let state = Mutex(State())

    /// `read` gives the secret with the seconds for which it is kept.
    init(read: @escaping @Sendable () async throws(ConnectorFault) -> (Secret, lifetime: Double)) { self.read = read }

    /// What is kept, unless that is too old or is `other`; else what is read now.
    ///
    /// A reading that takes longer than the deadline goes on: the next one to ask may find it done.
    func secret(other refused: Secret?, until deadline: ContinuousClock.Instant) async throws(ConnectorFault) -> Secret
    {
        if let kept = state.withLock({ $0.usable(other: refused) }) { return kept }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let answer: Answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let alarm = Task {
                    guard (try? await ContinuousClock().sleep(until: deadline)) != nil else { return }
                    self.answer(id, .failure(.secret("it was not there in time")))
                }
                let (isFirst, kept) = state.withLock { state in
                    // It may have been read since it was looked for.
                    let kept = state.usable(other: refused)
                    state.waiters[id] = Waiter(continuation: continuation, alarm: alarm)
                    if kept != nil { return (false, kept) }
                    defer { state.isReading = true }
                    return (!state.isReading, nil)
                }
                if isFirst { Task { await self.readNow() } }
                if let kept { self.answer(id, .success(kept)) }
                // Cancelled before it could be found among those who wait.
                if Task.isCancelled { self.answer(id, .failure(.cancelled)) }
            }
        } onCancel: {
            self.answer(id, .failure(.cancelled))
        }
        return try answer.get()
    }

    private func readNow() async {
        let (answer, lifetime): (Answer, Double)
        do throws(ConnectorFault) {
            let found = try await read()
            (answer, lifetime) = (.success(found.0), Seconds.bounded(found.lifetime))
        } catch {
            (answer, lifetime) = (.failure(error), 0)
        }
        let waiters = state.withLock { state in
            if case .success(let secret) = answer {
                state.kept = (secret, ContinuousClock().now + .seconds(lifetime))
            }
            state.isReading = false
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values {
            waiter.alarm.cancel()
            waiter.continuation.resume(returning: answer)
        }
    }

    private func answer(_ id: UInt64, _ answer: Answer) {
        guard let waiter = state.withLock({ $0.waiters.removeValue(forKey: id) }) else { return }
        waiter.alarm.cancel()
        waiter.continuation.resume(returning: answer)
    }
}
