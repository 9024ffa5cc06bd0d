import FlyingFox
import FlyingSocks
import Foundation

/// Serves what pitwall knows at `/metrics`, for a team's Prometheus to scrape.
public final class MetricsListener: Sendable {
    /// Why it does not listen.
    public struct Fault: Error, Equatable {
        public var summary: String
        public var hint: String
    }

    /// `host:port` it listens at.
    public let address: String
    /// Whether other machines can reach it: there is no password.
    public let isOpen: Bool
    private let server: HTTPServer
    private let task: Task<Void, any Error>

    private init(address: String, isOpen: Bool, server: HTTPServer, task: Task<Void, any Error>) {
        (self.address, self.isOpen, self.server, self.task) = (address, isOpen, server, task)
    }

    /// Takes `host:port`, `:port` for all addresses, `[::1]:port`; port 0 is any free one.
    public static func split(_ text: String) -> (host: String, port: UInt16)? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host.isEmpty || host == "*" { host = "0.0.0.0" }
        if host == "localhost" { host = "127.0.0.1" }
        return (host, port)
    }

    /// Listens until `stop`. `page` is asked for each scrape.
    public static func start(_ text: String, page: @escaping @Sendable () async -> String) async throws(Fault)
        -> MetricsListener
    {
        guard let (host, port) = split(text) else {
            throw Fault(
                summary: "`\(text)` is no address to listen at", hint: "Write 127.0.0.1:9911, [::1]:9911 or :9911.")
        }
        let server: HTTPServer
        do {
            server =
                host.contains(":")
                ? HTTPServer(address: try sockaddr_in6.inet6(ip6: host, port: port), timeout: 15, logger: .disabled)
                : HTTPServer(address: try sockaddr_in.inet(ip4: host, port: port), timeout: 15, logger: .disabled)
        } catch {
            throw Fault(
                summary: "`\(host)` is no address of this machine", hint: "Give a number, such as 127.0.0.1:9911.")
        }
        await server.appendRoute("GET /metrics") { _ in
            HTTPResponse(
                statusCode: .ok,
                headers: [.contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8"],
                body: Data(await page().utf8))
        }
        await server.appendRoute("GET /healthz") { _ in HTTPResponse(statusCode: .ok, body: Data("ok\n".utf8)) }
        let task = Task { try await server.run() }
        guard await isListening(server, task) else {
            task.cancel()
            throw Fault(
                summary: "cannot listen at \(host):\(port): the port is taken, or may not be used",
                hint: "Choose another port, or stop what uses it (ss -ltnp shows that).")
        }
        var bound = port
        switch await server.listeningAddress {
        case .ip4(_, let number), .ip6(_, let number): bound = number
        default: break
        }
        let shown = host.contains(":") ? "[\(host)]:\(bound)" : "\(host):\(bound)"
        return MetricsListener(
            address: shown, isOpen: !(host.hasPrefix("127.") || host == "::1"), server: server, task: task)
    }

    /// Whether it listens, told as soon as either is known: a server that cannot listen ends at once.
    private static func isListening(_ server: HTTPServer, _ task: Task<Void, any Error>) async -> Bool {
        let (answers, answer) = AsyncStream.makeStream(of: Bool.self)
        let listening = Task { answer.yield((try? await server.waitUntilListening(timeout: 30)) != nil) }
        let ended = Task {
            _ = await task.result
            answer.yield(false)
        }
        defer {
            listening.cancel()
            ended.cancel()
        }
        return await answers.first { _ in true } ?? false
    }

    public func stop() async {
        await server.stop(timeout: 1)
        task.cancel()
    }
}
