import Foundation
import PitModel
import Synchronization

/// A wire whose answers are written down, and which remembers what was asked.
final class FakeHTTP: HTTP {
    let address = "http://fake"
    private let answers: Mutex<[Result<HTTPReply, ConnectorFault>]>
    private let seen = Mutex<[HTTPRequest]>([])

    /// Answers in turn; the last one is given for ever.
    init(_ answers: Result<HTTPReply, ConnectorFault>...) { self.answers = Mutex(answers) }

    var requests: [HTTPRequest] { seen.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        seen.withLock { $0.append(request) }
        let answer = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? .failure(.refused("fake")) }
        var reply = try answer.get()
        reply.path = request.path
        return reply
    }

    func stream(_ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool) async throws(ConnectorFault)
        -> HTTPReply
    {
        let reply = try await send(request)
        for start in stride(from: 0, to: reply.body.count, by: 7) {
            guard onBytes(Array(reply.body[start..<min(start + 7, reply.body.count)])) else { break }
        }
        return HTTPReply(status: reply.status, headers: reply.headers, path: request.path)
    }
}

extension Result where Success == HTTPReply, Failure == ConnectorFault {
    static func text(_ text: String, _ status: Int = 200, type: String = "application/json") -> Self {
        .success(HTTPReply(status: status, headers: [("content-type", type)], body: Array(text.utf8)))
    }

    static func file(_ name: String, _ status: Int = 200, type: String = "application/json") throws -> Self {
        .success(HTTPReply(status: status, headers: [("content-type", type)], body: try fixture(name)))
    }
}

func fixture(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    return [UInt8](try Data(contentsOf: folder.appending(path: name)))
}

func connection(_ kind: String, _ url: String = "http://fake", options: [String: OptionValue] = [:]) -> Connection {
    Connection(name: ConnectionName("c"), kind: kind, url: url, options: options)
}

struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
