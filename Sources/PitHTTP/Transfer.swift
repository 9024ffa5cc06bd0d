import PitModel

/// One exchange that was asked for, and the caller who waits for it.
///
/// A class, because it is handed on often and its plan is large.
final class Transfer: Sendable {
    let ticket: Ticket
    let plan: TransferPlan
    private let continuation: CheckedContinuation<Result<HTTPReply, TransferFailure>, Never>

    init(
        ticket: Ticket, plan: TransferPlan,
        continuation: CheckedContinuation<Result<HTTPReply, TransferFailure>, Never>
    ) {
        (self.ticket, self.plan, self.continuation) = (ticket, plan, continuation)
    }

    /// Tells the caller; at most once.
    func finish(_ result: Result<HTTPReply, TransferFailure>) { continuation.resume(returning: result) }

    func fail(_ fault: ConnectorFault) { finish(.failure(TransferFailure(fault: fault))) }
}
