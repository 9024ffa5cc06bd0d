import CCurl
import Glibc
import PitModel
import Synchronization

/// One libcurl multi handle on a thread of its own, for all of the process' HTTP.
///
/// libcurl is never handed more transfers than there may be connections: what is more waits here, because libcurl's
/// own queue gets slower with its length.
public final class CurlEngine: Sendable {
    /// What the engine has done since it was made.
    public struct Statistics: Equatable, Sendable {
        /// Exchanges that libcurl ended, well or not; cancelled ones are not among them.
        public var finished = 0
        /// Connections opened; the rest of the exchanges found one open.
        public var connections = 0
        /// The most exchanges that were in libcurl at one time.
        public var mostAtOnce = 0
        /// Exchanges in libcurl now.
        public var running = 0
        /// Exchanges that wait for their turn now.
        public var waiting = 0
    }

    private let shared: EngineShared

    /// Loads libcurl beside what else a start does. Calling it changes nothing but when that is done.
    public static func warmUp() { pit_curl_warm() }

    /// `limit` is the number of exchanges at one time, `kept` that of connections left open for the next ones.
    public init(limit: Int = 64, kept: Int = 256) {
        let shared = EngineShared(limit: max(1, min(limit, 4096)))
        self.shared = shared
        if let multi = shared.multi { pit_multi_long(multi, CURLMOPT_MAXCONNECTS, max(1, min(kept, 1 << 20))) }
        if shared.multi == nil || !Self.startThread(shared) { shared.inbox.withLock { $0.isClosed = true } }
    }

    deinit { shutdown() }

    /// Ends the thread; what is under way ends as cancelled, and so does whatever comes after.
    public func shutdown() {
        shared.inbox.withLock { $0.isClosed = true }
        shared.wake()
    }

    /// Read at one moment, while the engine goes on.
    public var statistics: Statistics { shared.statistics.withLock { $0 } }

    /// The number of a shape; the same one for an equal shape, so that connections of one kind share handles.
    func number(of shape: TransferShape) -> Int {
        shared.shapes.withLock { shapes in
            if let number = shapes[shape] { return number }
            // The bound is for a configuration that is edited for ever: beyond it, handles are prepared each time.
            guard shapes.count < 4096 else { return EngineShared.noShape }
            shapes[shape] = shapes.count
            return shapes.count - 1
        }
    }

    /// Runs one exchange. Cancelling the task ends it at once.
    func run(_ plan: TransferPlan) async -> Result<HTTPReply, TransferFailure> {
        let shared = shared
        let ticket = Ticket()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let transfer = Transfer(ticket: ticket, plan: plan, continuation: continuation)
                // Under one lock with `onCancel`: the ticket is marked before it is put in, or found when it is in.
                let (isAdded, isFirst) = shared.inbox.withLock { inbox in
                    guard !inbox.isClosed, !ticket.isCancelled.load(ordering: .relaxed) else { return (false, false) }
                    defer { inbox.added.append(transfer) }
                    return (true, inbox.isEmpty)
                }
                if isFirst { shared.wake() }
                if !isAdded { transfer.fail(.cancelled) }
            }
        } onCancel: {
            let isFirst = shared.inbox.withLock { inbox in
                ticket.isCancelled.store(true, ordering: .relaxed)
                defer { inbox.cancelled.append(ticket) }
                return inbox.isEmpty
            }
            if isFirst { shared.wake() }
        }
    }

    private static func startThread(_ shared: EngineShared) -> Bool {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(shared)
        let failed = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                pit_name_thread("pitwall-http")
                EngineThread.blockSignals()
                let loop = EngineLoop(shared: Unmanaged<EngineShared>.fromOpaque(raw).takeRetainedValue())
                loop.run()
                return nil
            }, context.toOpaque())
        guard failed == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
