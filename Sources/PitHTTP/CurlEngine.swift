import CCurl
import Glibc
import PitModel
import Synchronization

/// One libcurl multi handle on a thread of its own, for all of the process' HTTP.
///
/// libcurl is never handed more transfers than there may be connections: what is more waits here, in its own order,
/// because libcurl's queue gets slower with its length.
public final class CurlEngine: Sendable {
    public struct Statistics: Equatable, Sendable {
        public var finished = 0
        /// Connections opened; the rest of the requests found one open.
        public var connections = 0
        /// The most transfers that were in libcurl at one time.
        public var mostAtOnce = 0
    }

    private struct Inbox {
        var added: [Transfer] = []
        var cancelled: [UInt64] = []
        var isClosed = false
        var nextID: UInt64 = 0
    }

    // SAFETY for the box: a `Transfer` is only put into the inbox by `run`, and from then on touched by the thread alone.
    private final class Shared: @unchecked Sendable {
        let inbox = Mutex(Inbox())
        let statistics = Mutex(Statistics())
        let multi: UnsafeMutableRawPointer?
        let limit: Int
        init(limit: Int) {
            pit_global_init()
            (multi, self.limit) = (curl_multi_init(), limit)
        }
        deinit { curl_multi_cleanup(multi) }
    }

    private let shared: Shared

    /// `limit` is the number of transfers at one time.
    public init(limit: Int = 64) {
        shared = Shared(limit: limit)
        pit_multi_long(shared.multi, CURLMOPT_MAXCONNECTS, max(16, limit * 4))
        var thread = pthread_t()
        let context = Unmanaged.passRetained(shared)
        let failed = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                var loop = Loop(shared: Unmanaged<Shared>.fromOpaque(raw).takeRetainedValue())
                loop.run()
                return nil
            }, context.toOpaque())
        if failed == 0 { pthread_detach(thread) } else { context.release() }
    }

    deinit { shutdown() }

    /// Ends the thread; what is under way ends as cancelled.
    public func shutdown() {
        shared.inbox.withLock { $0.isClosed = true }
        curl_multi_wakeup(shared.multi)
    }

    public var statistics: Statistics { shared.statistics.withLock { $0 } }

    /// Runs one exchange. Cancelling the task ends it at once.
    func run(_ plan: TransferPlan) async throws(ConnectorFault) -> HTTPReply {
        let shared = shared
        let id = shared.inbox.withLock { inbox in
            inbox.nextID += 1
            return inbox.nextID
        }
        let result: Result<HTTPReply, ConnectorFault> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { return continuation.resume(returning: .failure(.cancelled)) }
                let isOpen = shared.inbox.withLock { inbox in
                    if inbox.isClosed { return false }
                    inbox.added.append(Transfer(id: id, plan: plan) { continuation.resume(returning: $0) })
                    return true
                }
                if isOpen {
                    curl_multi_wakeup(shared.multi)
                } else {
                    continuation.resume(returning: .failure(.cancelled))
                }
            }
        } onCancel: {
            shared.inbox.withLock { $0.cancelled.append(id) }
            curl_multi_wakeup(shared.multi)
        }
        return try result.get()
    }

    /// The thread's own state.
    private struct Loop {
        let shared: Shared
        var waiting: [Transfer] = []
        var live: [UInt64: Transfer] = [:]
        var perHost: [String: Int] = [:]
        var spare: [UnsafeMutableRawPointer] = []

        mutating func run() {
            while takeInbox() {
                startWaiting()
                var running: Int32 = 0
                curl_multi_perform(shared.multi, &running)
                if finishDone() { continue }
                curl_multi_poll(shared.multi, nil, 0, 1000, nil)
            }
            for transfer in live.values { end(transfer, .failure(.cancelled)) }
            for transfer in waiting { transfer.finish(.failure(.cancelled)) }
            for handle in spare { curl_easy_cleanup(handle) }
        }

        /// False when the engine is shut down.
        private mutating func takeInbox() -> Bool {
            let (added, cancelled, isClosed) = shared.inbox.withLock { inbox in
                defer { (inbox.added, inbox.cancelled) = ([], []) }
                return (inbox.added, inbox.cancelled, inbox.isClosed)
            }
            waiting += added
            for id in cancelled {
                if let transfer = live[id] {
                    end(transfer, .failure(.cancelled))
                } else if let index = waiting.firstIndex(where: { $0.id == id }) {
                    waiting.remove(at: index).finish(.failure(.cancelled))
                }
            }
            return !isClosed
        }

        private mutating func startWaiting() {
            guard !waiting.isEmpty, live.count < shared.limit else { return }
            var left: [Transfer] = []
            for (index, transfer) in waiting.enumerated() {
                if live.count >= shared.limit {
                    left += waiting[index...]
                    break
                }
                if perHost[transfer.plan.host, default: 0] >= transfer.plan.maxConcurrent {
                    left.append(transfer)
                } else {
                    start(transfer)
                }
            }
            waiting = left
        }

        private mutating func start(_ transfer: Transfer) {
            guard let handle = spare.popLast() ?? curl_easy_init() else {
                return transfer.finish(.failure(.unreachable("libcurl has no memory")))
            }
            transfer.prepare(handle)
            live[transfer.id] = transfer
            perHost[transfer.plan.host, default: 0] += 1
            shared.statistics.withLock { $0.mostAtOnce = max($0.mostAtOnce, live.count) }
            curl_multi_add_handle(shared.multi, handle)
        }

        private mutating func finishDone() -> Bool {
            var any = false
            var left: Int32 = 0
            while let message = curl_multi_info_read(shared.multi, &left) {
                guard pit_is_done(message) != 0, let handle = message.pointee.easy_handle else { continue }
                guard let context = pit_info_context(handle) else { continue }
                let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                let code = pit_result(message)
                shared.statistics.withLock {
                    $0.finished += 1
                    $0.connections += pit_info_long(handle, CURLINFO_NUM_CONNECTS)
                }
                any = true
                end(transfer, nil, code)
            }
            return any
        }

        private mutating func end(
            _ transfer: Transfer, _ result: Result<HTTPReply, ConnectorFault>?, _ code: CURLcode = CURLE_OK
        ) {
            live[transfer.id] = nil
            perHost[transfer.plan.host, default: 1] -= 1
            if perHost[transfer.plan.host] == 0 { perHost[transfer.plan.host] = nil }
            guard let handle = transfer.handle else { return }
            curl_multi_remove_handle(shared.multi, handle)
            if let result { transfer.finish(result) } else { transfer.complete(code) }
            curl_easy_reset(handle)
            if spare.count < shared.limit { spare.append(handle) } else { curl_easy_cleanup(handle) }
        }
    }
}
