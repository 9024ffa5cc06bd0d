import PitModel
import Synchronization

/// One exchange that was asked for, and the caller who waits for it.
struct Transfer: Sendable {
    /// Tells one exchange from another, and remembers that its caller has gone.
    final class Ticket: Sendable {
        let isCancelled = Atomic(false)
    }

    let ticket: Ticket
    let plan: TransferPlan
    let continuation: CheckedContinuation<Result<HTTPReply, TransferFailure>, Never>

    func finish(_ result: Result<HTTPReply, TransferFailure>) { continuation.resume(returning: result) }

    func fail(_ fault: ConnectorFault) { finish(.failure(TransferFailure(fault: fault))) }
}
