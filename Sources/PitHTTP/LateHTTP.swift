public import PitModel
import Synchronization

/// A wire whose endpoint is found out when the first request needs it, and again when it ends or is refused: the
/// address, certificates and tokens of a cluster stand in a file that other programs rewrite, or come from a program.
public final class LateHTTP: HTTP {
    /// An endpoint, and for how many seconds it is good; nil: until it is refused.
    public struct Found: Sendable {
        public var endpoint: Endpoint
        public var lifetime: Double?
        public init(_ endpoint: Endpoint, lifetime: Double? = nil) {
            (self.endpoint, self.lifetime) = (endpoint, lifetime)
        }
    }

    private struct Wire: Sendable {
        var http: CurlHTTP
        var until: ContinuousClock.Instant?
    }

    private struct State {
        var looking: Task<Result<Wire, ConnectorFault>, Never>?
        /// Counts what was found, so that one refusal throws away one finding.
        var number = 0
    }

    public let address: String
    private let engine: CurlEngine
    private let version: String
    private let find: @Sendable () async throws(ConnectorFault) -> Found
    private let state = Mutex(State())

    /// `address` is what is shown: where it leads is not known yet.
    public init(
        engine: CurlEngine, version: String, address: String,
        find: @escaping @Sendable () async throws(ConnectorFault) -> Found
    ) {
        (self.engine, self.version, self.address, self.find) = (engine, version, address, find)
    }

    public func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        let (first, number) = try await wire()
        let reply = try await first.send(request)
        // What is not authorized was not done: it may be sent again with what is found now.
        guard reply.status == 401 else { return reply }
        forget(number)
        let (second, _) = try await wire()
        return try await second.send(request)
    }

    public func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply {
        let (http, number) = try await wire()
        let reply = try await http.stream(request, onBytes: onBytes)
        if reply.status == 401 { forget(number) }
        return reply
    }

    private func wire() async throws(ConnectorFault) -> (CurlHTTP, Int) {
        for _ in 0..<2 {
            let (task, number) = look()
            switch await task.value {
            case .failure(let fault):
                forget(number)
                throw fault
            case .success(let wire):
                if let until = wire.until, until <= ContinuousClock().now {
                    forget(number)
                } else {
                    return (wire.http, number)
                }
            }
        }
        throw .secret("what was found had ended already: check this machine's clock")
    }

    /// All who need it at one time share one search.
    private func look() -> (Task<Result<Wire, ConnectorFault>, Never>, Int) {
        state.withLock { state in
            if let task = state.looking { return (task, state.number) }
            let (engine, version, find) = (engine, version, find)
            let task = Task { () -> Result<Wire, ConnectorFault> in
                do throws(ConnectorFault) {
                    let found = try await find()
                    let until = found.lifetime.map { ContinuousClock().now + .seconds(Seconds.bounded($0)) }
                    return .success(
                        Wire(http: CurlHTTP(engine: engine, endpoint: found.endpoint, version: version), until: until))
                } catch {
                    return .failure(error)
                }
            }
            (state.looking, state.number) = (task, state.number + 1)
            return (task, state.number)
        }
    }

    private func forget(_ number: Int) {
        state.withLock { state in
            if state.number == number { state.looking = nil }
        }
    }
}
