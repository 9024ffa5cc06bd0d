import Glibc
import Synchronization

/// A server on loopback or on a Unix socket whose every byte the test decides. It answers each connection on a
/// thread of its own, so that it may block as rudely as a test wants.
final class RawServer: Sendable {
    typealias Answer = @Sendable (SeenRequest, Peer) -> Void

    private struct State {
        var requests: [SeenRequest] = []
        var connections = 0
        var open: Set<Int32> = []
        var answering = 0
        var mostAnswering = 0
        var isStopped = false
    }

    private let state = Mutex(State())
    private let listener: Int32
    let port: UInt16
    private let answer: Answer

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [SeenRequest] { state.withLock { $0.requests } }
    var connections: Int { state.withLock { $0.connections } }
    var openConnections: Int { state.withLock { $0.open.count } }
    /// The most requests that were being answered at one time.
    var mostAnswering: Int { state.withLock { $0.mostAnswering } }

    init(unixPath: String? = nil, _ answer: @escaping Answer) throws {
        let (listener, port) = try unixPath.map { (try Sockets.listen(unixPath: $0), UInt16(0)) } ?? Sockets.listen()
        (self.listener, self.port, self.answer) = (listener, port, answer)
        Threads.start { self.acceptAll() }
    }

    /// A server that says the same to everyone.
    convenience init(always reply: String) throws {
        try self.init { _, peer in peer.send(reply) }
    }

    func stop() {
        let open = state.withLock { state in
            state.isStopped = true
            return state.open
        }
        shutdown(listener, Int32(SHUT_RDWR))
        for socket in open { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    private func acceptAll() {
        while true {
            let socket = accept(listener, nil, nil)
            if socket < 0 { break }
            let number = state.withLock { state -> Int? in
                guard !state.isStopped else { return nil }
                state.connections += 1
                state.open.insert(socket)
                return state.connections
            }
            guard let number else {
                close(socket)
                break
            }
            Threads.start { self.serve(socket, number) }
        }
        close(listener)
    }

    private func serve(_ socket: Int32, _ number: Int) {
        let peer = Peer(socket: socket)
        while let request = peer.readRequest(connection: number) {
            state.withLock { state in
                state.requests.append(request)
                state.answering += 1
                state.mostAnswering = max(state.mostAnswering, state.answering)
            }
            answer(request, peer)
            state.withLock { $0.answering -= 1 }
        }
        state.withLock { _ = $0.open.remove(socket) }
        close(socket)
    }
}
