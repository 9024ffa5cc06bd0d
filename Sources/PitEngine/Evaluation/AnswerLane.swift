public import PitModel
import Synchronization

/// What the questions to one system share: which are left, how long the server asked to wait, whether it is gone.
final class AnswerLane: Sendable {
    private struct State {
        var left: ArraySlice<Int>
        var notBefore: ContinuousClock.Instant?
        var end: ConnectorFault?
        /// Cases in a row that could not be answered.
        var failures = 0
    }
    /// So many failures in a row end it: the server does not understand what it is asked.
    private static let mostFailures = 8

    let source: AnswerSource
    let system: EvaluatedSystem
    private let state: Mutex<State>

    init(_ system: EvaluatedSystem, _ source: AnswerSource, numbers: [Int]) {
        (self.system, self.source) = (system, source)
        state = Mutex(State(left: numbers[...]))
    }

    /// Why no more is asked; nil while all is well.
    var end: ConnectorFault? { state.withLock { $0.end } }

    func next() -> Int? { state.withLock { $0.end == nil ? $0.left.popFirst() : nil } }

    func stop(_ fault: ConnectorFault) { state.withLock { $0.end = $0.end ?? fault } }

    func answered() { state.withLock { $0.failures = 0 } }

    func failed(_ fault: ConnectorFault) {
        state.withLock {
            $0.failures += 1
            if $0.failures >= Self.mostFailures { $0.end = $0.end ?? fault }
        }
    }

    /// Nothing is asked for so many seconds, by anybody.
    func pause(_ seconds: Double) {
        let until = ContinuousClock.now + .seconds(seconds)
        state.withLock { $0.notBefore = max($0.notBefore ?? until, until) }
    }

    func waitForTurn() async {
        while let until = state.withLock({ $0.notBefore }), until > .now {
            guard (try? await Task.sleep(until: until, clock: .continuous)) != nil else { return }
        }
    }
}

/// Where a system's answers come from.
public enum AnswerSource: Sendable {
    case server(any Answering, address: String)
    /// By the ids of their cases.
    case written([String: String])
    /// A search: what it finds for a question.
    case search(@Sendable (String) async throws(ConnectorFault) -> String)
}
