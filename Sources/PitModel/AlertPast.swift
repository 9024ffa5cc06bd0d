/// What is asked of an alert's past.
public struct AlertQuery: Hashable, Codable, Sendable {
    public var fingerprint: String
    public init(_ fingerprint: String) { self.fingerprint = fingerprint }
}

/// One time that an alert fired.
public struct Firing: Equatable, Sendable {
    public var alert: Alert
    public var connection: ConnectionName
    public var firedAt: Timestamp
    /// Nil while it fires.
    public var endedAt: Timestamp?
    /// Whether a silence was on it at any time, and at its end.
    public var wasSilenced: Bool
    public var endedSilenced: Bool
    /// What people did about it then, oldest first.
    public var acts: [Act]

    public init(
        alert: Alert, connection: ConnectionName, firedAt: Timestamp, endedAt: Timestamp? = nil,
        wasSilenced: Bool = false, endedSilenced: Bool = false, acts: [Act] = []
    ) {
        (self.alert, self.connection, self.firedAt, self.endedAt) = (alert, connection, firedAt, endedAt)
        (self.wasSilenced, self.endedSilenced, self.acts) = (wasSilenced, endedSilenced, acts)
    }

    /// Seconds that it lasted, or has so far.
    public func length(_ now: Timestamp) -> Double { max(0, (endedAt ?? now).since(firedAt)) }

    /// Whether it was called noise in the end.
    public var isNoise: Bool { acts.last { $0.kind == .noise || $0.kind == .notNoise }?.kind == .noise }

    /// Who acknowledged it first.
    public var acknowledgement: Act? { acts.first { $0.kind == .acknowledge } }
}

/// When an alert fired before, newest first.
public struct AlertPast: Equatable, Sendable {
    public var firings: [Firing]
    public init(firings: [Firing] = []) { self.firings = firings }

    /// Seconds that it lasts usually: the median of those that ended.
    public var usualLength: Double? {
        let all = firings.compactMap { firing in firing.endedAt.map { $0.since(firing.firedAt) } }.sorted()
        return all.isEmpty ? nil : (all[(all.count - 1) / 2] + all[all.count / 2]) / 2
    }

    public var timesNoise: Int { firings.reduce(0) { $0 + ($1.isNoise ? 1 : 0) } }
}
