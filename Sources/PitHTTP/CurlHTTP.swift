public import PitModel

/// One connection's wire: its address, its credentials, and the rules for repeating and redirecting.
public final class CurlHTTP: HTTP {
    private let engine: CurlEngine
    private let endpoint: Endpoint
    private let route: Route?
    private let headers: HeaderLines
    private let shape: TransferShape
    private let shapeID: Int
    /// The place to connect to and the url's origin, when the certificate is for another name than the url's host.
    private let detour: (connectTo: String, origin: String)?

    /// The connection's url without user, password, query and fragment; `(not an http url)` when it is none.
    public let address: String

    /// `version` is pitwall's own, for `User-Agent`.
    public init(engine: CurlEngine, endpoint: Endpoint, version: String) {
        (self.engine, self.endpoint) = (engine, endpoint)
        let route = Route(endpoint.url)
        self.route = route
        address = route?.shown ?? "(not an http url)"
        shape = TransferShape(
            userAgent: "pitwall/\(version)", ca: endpoint.ca, certificate: endpoint.certificate, key: endpoint.key,
            caText: endpoint.caText, certificateText: endpoint.certificateText, keyText: endpoint.keyText,
            isInsecure: endpoint.isInsecure, isHTTP2: endpoint.isHTTP2, proxy: endpoint.proxy,
            unixSocket: endpoint.unixSocket)
        shapeID = engine.number(of: shape)
        if let name = endpoint.serverName, let place = route?.address, place.scheme == "https",
            place.host != name.lowercased()
        {
            detour = ("\(name):\(place.port):\(place.host):\(place.port)", "https://\(name):\(place.port)")
            headers = HeaderLines(endpoint, route: route, host: place.isUsualPort ? place.host : place.place)
        } else {
            detour = nil
            headers = HeaderLines(endpoint, route: route, host: nil)
        }
    }

    public func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        let allowance = Seconds.bounded(request.timeout ?? endpoint.timeout)
        let deadline = ContinuousClock().now + .seconds(allowance)
        var secrets = try await headers.secrets(until: deadline)
        var attempt = 0
        var hasRenewed = false
        while true {
            attempt += 1
            let plan = try plan(request, secrets, deadline, allowance)
            var wait: Double?
            let outcome = await exchange(plan, request, headers.echoes(of: secrets))
            switch outcome {
            case .success(let reply) where reply.status == 401 && !hasRenewed:
                hasRenewed = true
                if let others = try await headers.secrets(after: secrets, until: deadline) {
                    secrets = others
                    attempt -= 1
                    continue
                }
            case .success(let reply) where RetryRule.isTransient(reply.status):
                wait = pause(after: attempt, RetryRule.retryAfter(reply))
            case .failure(let failure) where failure.isWorthRepeating:
                wait = pause(after: attempt, nil)
            default: break
            }
            guard let wait, request.isRepeatable, attempt < RetryRule.attempts,
                ContinuousClock().now + .seconds(wait) < deadline
            else { return try Self.get(outcome) }
            do { try await ContinuousClock().sleep(for: .seconds(wait)) } catch { throw .cancelled }
        }
    }

    public func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply {
        let allowance = Seconds.bounded(request.timeout ?? endpoint.timeout)
        let deadline = ContinuousClock().now + .seconds(allowance)
        let secrets = try await headers.secrets(until: deadline)
        var plan = try plan(request, secrets, deadline, allowance)
        plan.onBytes = onBytes
        return try Self.get(await exchange(plan, request, headers.echoes(of: secrets)))
    }

    private static func get(_ outcome: Result<HTTPReply, TransferFailure>) throws(ConnectorFault) -> HTTPReply {
        switch outcome {
        case .success(let reply): return reply
        case .failure(let failure): throw failure.fault
        }
    }

    private func pause(after attempt: Int, _ retryAfter: Double?) -> Double {
        let wait = RetryRule.pause(after: attempt, retryAfter: retryAfter, random: Double.random(in: 0...1))
        return Seconds.bounded(wait)
    }

    /// One attempt: the request and the redirects that it leads to.
    private func exchange(
        _ first: TransferPlan, _ request: HTTPRequest, _ echoes: EchoFilter
    ) async -> Result<HTTPReply, TransferFailure> {
        // Only a redirect needs a copy of the plan.
        var redirected: TransferPlan?
        var seconds = 0.0
        for hop in 0...RedirectRule.limit {
            switch await engine.run(redirected ?? first) {
            case .failure(let failure): return .failure(failure)
            case .success(var reply):
                echoes.clean(&reply)
                seconds += reply.total
                reply.total = seconds
                reply.path = request.path.isEmpty ? route?.path ?? "" : request.path
                guard first.dropsRedirects, RedirectRule.isRedirect(reply.status),
                    let location = reply.header("location")
                else { return .success(reply) }
                if hop == RedirectRule.limit { break }
                do throws(ConnectorFault) {
                    var plan = redirected ?? first
                    try RedirectRule.follow(&plan, to: location) { engine.number(of: $0) }
                    redirected = plan
                } catch {
                    return .failure(TransferFailure(fault: error))
                }
            }
        }
        return .failure(TransferFailure(fault: .malformed("more than \(RedirectRule.limit) redirects")))
    }

    private func plan(
        _ request: HTTPRequest, _ secrets: [Secret], _ deadline: ContinuousClock.Instant, _ allowance: Double
    ) throws(ConnectorFault) -> TransferPlan {
        guard let route else { throw .unreachable("the connection's url is not an http url") }
        return TransferPlan(
            shape: shape, shapeID: shapeID, url: route.url(of: request, origin: detour?.origin),
            method: request.method, headers: try headers.lines(of: request, secrets: secrets), body: request.body,
            deadline: deadline, allowance: allowance, connectTimeout: endpoint.connectTimeout,
            maxBytes: max(0, request.maxBytes ?? endpoint.maxBytes), place: route.address.place,
            maxConcurrent: endpoint.maxConcurrent, connectTo: detour?.connectTo,
            dropsRedirects: request.method == .get, onBytes: nil)
    }
}
