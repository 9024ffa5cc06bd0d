public import Logging
public import PitModel
import Synchronization

/// The last lines of pitwall's own log, for the Log screen; each line is handed to `sink` as well.
public final class LogRing: Sendable {
    /// Lines kept.
    public static let limit = 2000

    private let lines = Mutex<[LogLine]>([])
    private let clock: any WallClock
    private let sink: @Sendable (LogLine) -> Void

    public init(clock: any WallClock, sink: @escaping @Sendable (LogLine) -> Void = { _ in }) {
        (self.clock, self.sink) = (clock, sink)
    }

    public func add(_ level: LogLine.Level, _ source: String, _ text: String) {
        let line = LogLine(at: clock.now(), level: level, source: source, text: String(text.prefix(1000)))
        lines.withLock { all in
            all.append(line)
            if all.count > Self.limit + Self.limit / 4 { all.removeFirst(all.count - Self.limit) }
        }
        sink(line)
    }

    /// Newest last.
    public func latest(_ count: Int = LogRing.limit) -> [LogLine] { lines.withLock { Array($0.suffix(count)) } }

    /// A logger whose lines come here.
    public func logger(_ label: String) -> Logger { Logger(label: label) { RingHandler(source: $0, ring: self) } }
}

/// swift-log's door to the ring.
private struct RingHandler: LogHandler {
    let source: String
    let ring: LogRing
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        ring.add(event.level.ours, source, event.message.description)
    }
}

extension Logger.Level {
    fileprivate var ours: LogLine.Level {
        switch self {
        case .trace, .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error, .critical: .error
        }
    }
}
