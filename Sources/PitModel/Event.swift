/// Something that changed: one row of the change line under every chart.
public struct Event: Equatable, Codable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case release, alias, alertFired, alertResolved, silence, silenceExpired, acknowledgement, note, restart
        case connectionLost, connectionBack, replicaLost, replicaBack, healthChanged, operation, configuration, label,
            drift
        /// A training of it began or ended, or a version was made of what came of one.
        case training
        /// What came of an operation, once it was proved or could not be: the title holds the verdict's word.
        case proof
        /// A run of a pipeline that ended.
        case pipeline
    }
    public var at: Timestamp
    public var kind: Kind
    /// The model it concerns; nil means all.
    public var model: ModelName?
    public var connection: ConnectionName?
    /// A few words; not sanitized.
    public var title: String
    public var detail: String
    /// Makes the same event, seen again, the same row.
    public var key: String
    public init(
        at: Timestamp, kind: Kind, model: ModelName? = nil, connection: ConnectionName? = nil, title: String,
        detail: String = "", key: String? = nil
    ) {
        (self.at, self.kind, self.model, self.connection) = (at, kind, model, connection)
        (self.title, self.detail) = (title, detail)
        self.key =
            key
            ?? "\(kind.rawValue)|\(model?.description ?? "")|\(connection?.description ?? "")|\(at.milliseconds)|\(title)"
    }
}

extension Act {
    /// What a person did as a change. `name` is the alert's.
    public func event(of name: String? = nil, model: ModelName? = nil) -> Event {
        let kind: Event.Kind =
            switch self.kind {
            case .note: .note
            case .silence: .silence
            case .unsilence: .silenceExpired
            default: .acknowledgement
            }
        let isOfSilence = self.kind == .silence || self.kind == .unsilence
        return Event(
            at: at, kind: kind, model: model, title: "\(self.kind.rawValue) \(name ?? subject) by \(author)",
            detail: isOfSilence ? "" : text)
    }
}

/// A line of pitwall's own log.
public struct LogLine: Equatable, Codable, Sendable {
    public enum Level: Int, Codable, Sendable, Comparable, CaseIterable {
        case debug, info, notice, warning, error
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
        public var word: String { "\(self)" }
    }
    public var at: Timestamp
    public var level: Level
    public var source: String
    public var text: String
    public init(at: Timestamp, level: Level, source: String, text: String) {
        (self.at, self.level, self.source, self.text) = (at, level, source, text)
    }
}
