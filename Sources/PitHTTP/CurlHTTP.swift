public import PitModel

/// One connection's wire: its address, its credentials, and the rules for repeating and redirecting.
public struct CurlHTTP: HTTP {
    private let engine: CurlEngine
    private let endpoint: Endpoint
    private let userAgent: String
    public let address: String

    /// Requests sent at most for one asked for.
    static let attempts = 3
    static let redirects = 5

    public init(engine: CurlEngine, endpoint: Endpoint, version: String) {
        (self.engine, self.endpoint) = (engine, endpoint)
        userAgent = "pitwall/\(version)"
        address = Address.shown(endpoint.url)
    }

    public func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(request.timeout ?? endpoint.timeout)
        var attempt = 0
        var renewed = false
        while true {
            attempt += 1
            let outcome = await tryOnce(request, until: deadline, onBytes: nil)
            switch outcome {
            case .success(let reply) where reply.status == 401 && !renewed && hasSecret:
                // The secret may have been renewed since it was read: it is read for each attempt.
                renewed = true
                continue
            case .success(let reply):
                guard request.isRepeatable, attempt < Self.attempts, [429, 502, 503, 504].contains(reply.status),
                    await pause(attempt, retryAfter: reply.header("retry-after").flatMap(Double.init), until: deadline)
                else { return reply }
            case .failure(let fault):
                guard request.isRepeatable, attempt < Self.attempts, fault.isWorthRepeating,
                    await pause(attempt, retryAfter: nil, until: deadline)
                else { throw fault }
            }
        }
    }

    public func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply {
        let deadline = ContinuousClock().now + .seconds(request.timeout ?? endpoint.timeout)
        return try await tryOnce(request, until: deadline, onBytes: onBytes).get()
    }

    private var hasSecret: Bool {
        if case .none = endpoint.credential { return !endpoint.secretHeaders.isEmpty }
        return true
    }

    /// Waits before another attempt, anywhere between nothing and the doubled pause; false when the deadline is nearer.
    private func pause(_ attempt: Int, retryAfter: Double?, until deadline: ContinuousClock.Instant) async -> Bool {
        let longest = 0.2 * Double(1 << attempt)
        let seconds = retryAfter ?? Double.random(in: 0...longest)
        let clock = ContinuousClock()
        guard seconds.isFinite, seconds >= 0, clock.now + .seconds(seconds) < deadline else { return false }
        do {
            try await clock.sleep(for: .seconds(seconds))
            return true
        } catch {
            return false
        }
    }

    private func tryOnce(
        _ request: HTTPRequest, until deadline: ContinuousClock.Instant, onBytes: (@Sendable ([UInt8]) -> Bool)?
    ) async -> Result<HTTPReply, ConnectorFault> {
        do throws(ConnectorFault) {
            var plan = try await plan(request)
            plan.onBytes = onBytes
            for hop in 0... {
                plan.timeout = max(0.001, (deadline - ContinuousClock().now) / .seconds(1))
                var reply = try await engine.run(plan)
                reply.path = request.path.isEmpty ? Address.part(plan.url, 5) ?? "/" : request.path
                guard let location = reply.header("location"), [301, 302, 303, 307, 308].contains(reply.status),
                    request.method == .get
                else { return .success(reply) }
                guard hop < Self.redirects else { throw .malformed("more than \(Self.redirects) redirects") }
                try redirect(&plan, to: location)
            }
        } catch {
            return .failure(error.withAllowance(request.timeout ?? endpoint.timeout))
        }
        return .failure(.cancelled)
    }

    /// Credentials stay with the host they are for.
    private func redirect(_ plan: inout TransferPlan, to location: String) throws(ConnectorFault) {
        guard let next = Address.join(plan.url, location), let to = Address(next), let from = Address(plan.url),
            ["http", "https"].contains(to.scheme)
        else { throw .malformed("a redirect to something that is no address") }
        if from.scheme == "https", to.scheme == "http" { throw .tls("a redirect from https to http was refused") }
        if to != from {
            plan.headers = plan.headers.filter { $0.lowercased().hasPrefix("accept:") }
            (plan.user, plan.password) = (nil, nil)
            (plan.certificate, plan.key, plan.unixSocket, plan.serverName) = (nil, nil, nil, nil)
            plan.host = "\(to.host):\(to.port)"
        }
        // A user in the location would be credentials the server chose.
        plan.url = next
        if Address.part(next, 3) != nil { throw .malformed("a redirect to an address with a user in it") }
    }

    private func plan(_ request: HTTPRequest) async throws(ConnectorFault) -> TransferPlan {
        var headers = endpoint.headers.map { "\($0.name): \($0.value)" }
        var (user, password) = (Address.part(endpoint.url, 3), Address.part(endpoint.url, 4))
        switch endpoint.credential {
        case .none: break
        case .bearer(let secret): headers.append("Authorization: Bearer \(try await secret().value)")
        case .basic(let name, let secret): (user, password) = (name, try await secret().value)
        case .header(let name, let secret): headers.append("\(name): \(try await secret().value)")
        }
        for header in endpoint.secretHeaders { headers.append("\(header.name): \(try await header.value().value)") }
        headers += request.headers.map { "\($0.name): \($0.value)" }
        guard !headers.contains(where: { $0.contains { $0.isNewline } }) else {
            throw .rejected("a header with a line end in it")
        }
        guard let address = Address(endpoint.url) else { throw .unreachable("not a url: \(self.address)") }
        return TransferPlan(
            url: url(of: request, at: address), method: request.method.rawValue, headers: headers, body: request.body,
            user: user, password: password, timeout: endpoint.timeout, maxBytes: request.maxBytes ?? endpoint.maxBytes,
            userAgent: userAgent, ca: endpoint.ca, certificate: endpoint.certificate, key: endpoint.key,
            serverName: endpoint.serverName, isInsecure: endpoint.isInsecure, proxy: endpoint.proxy,
            unixSocket: endpoint.unixSocket, host: "\(address.host):\(address.port)",
            maxConcurrent: endpoint.maxConcurrent)
    }

    private func url(of request: HTTPRequest, at address: Address) -> String {
        let base = Address.part(endpoint.url, 5) ?? "/"
        var path = base
        if !request.path.isEmpty {
            path =
                (base.hasSuffix("/") ? String(base.dropLast()) : base) + (request.path.hasPrefix("/") ? "" : "/")
                + request.path
        }
        var query = PercentEncoding.query(request.query)
        if let own = Address.part(endpoint.url, 6) { query = query.isEmpty ? own : "\(own)&\(query)" }
        return "\(address.scheme)://\(address.host):\(address.port)\(path)" + (query.isEmpty ? "" : "?\(query)")
    }
}

extension ConnectorFault {
    /// Faults of the road, not of the destination.
    fileprivate var isWorthRepeating: Bool {
        switch self {
        case .unreachable, .malformed: true
        default: false
        }
    }

    /// A time-out tells the time that was given, not what an attempt had left of it.
    fileprivate func withAllowance(_ seconds: Double) -> ConnectorFault {
        if case .timedOut = self { return .timedOut(after: seconds) }
        return self
    }
}
