public import PitModel

/// Where a secret comes from: asked when a request needs it, kept for a while, asked again when a server refuses it.
public struct SecretSource: Sendable {
    private enum Kind: Sendable {
        case fixed(Secret)
        case read(SecretCache)
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// A secret that never changes: a 401 is final.
    public static func fixed(_ secret: Secret) -> SecretSource { SecretSource(.fixed(secret)) }

    /// A secret that can change: a file that is renewed, the output of a command.
    ///
    /// `lifetime` is the number of seconds for which what was read is used again. Requests that need it at one time
    /// share one reading.
    public init(lifetime: Double = 60, _ read: @escaping @Sendable () async throws(ConnectorFault) -> Secret) {
        kind = .read(SecretCache { () async throws(ConnectorFault) in (try await read(), lifetime) })
    }

    /// A secret that says itself for how many seconds it can be used: the token of a plugin.
    public init(expiring read: @escaping @Sendable () async throws(ConnectorFault) -> (Secret, lifetime: Double)) {
        kind = .read(SecretCache(read: read))
    }

    func current(until deadline: ContinuousClock.Instant) async throws(ConnectorFault) -> Secret {
        switch kind {
        case .fixed(let secret): secret
        case .read(let cache): try await cache.secret(other: nil, until: deadline)
        }
    }

    /// The secret to use after the server refused `refused`; the same one when there is no other.
    func renewed(after refused: Secret, until deadline: ContinuousClock.Instant) async throws(ConnectorFault) -> Secret
    {
        switch kind {
        case .fixed(let secret): secret
        case .read(let cache): try await cache.secret(other: refused, until: deadline)
        }
    }
}
