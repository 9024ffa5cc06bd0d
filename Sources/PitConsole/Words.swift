import PitGrid
import PitModel

extension Signal {
    /// A value in the signal's unit, as short as can be; `--` when it is not known.
    func figure(_ measure: Measure?) -> String {
        let (value, atLeast) = (measure?.value, measure?.isAtLeast ?? false)
        switch info.unit {
        case .seconds: return Figures.duration(value, atLeast: atLeast)
        case .ratio: return Figures.percent(value, atLeast: atLeast)
        case .bytes: return Figures.bytes(value)
        default: return Figures.short(value, atLeast: atLeast)
        }
    }

    func figure(_ value: Double) -> String { figure(Measure(value)) }
}

extension Health {
    func glyph(_ glyphs: Glyphs) -> SafeText {
        switch self {
        case .ok: glyphs == .unicode ? "●" : "+"
        case .slow, .degraded: glyphs == .unicode ? "◐" : "!"
        case .down, .erring: glyphs == .unicode ? "✗" : "X"
        case .stale: glyphs == .unicode ? "◌" : "~"
        case .unknown: "?"
        }
    }

    var role: Role {
        switch self {
        case .ok: .ok
        case .slow, .degraded: .warn
        case .down, .erring: .fail
        case .stale: .dim
        case .unknown: .unknown
        }
    }
}

extension Severity {
    var role: Role {
        switch self {
        case .critical, .error: .fail
        case .warning: .warn
        case .info: .notice
        case .unknown: .unknown
        }
    }
}

extension Event.Kind {
    var shape: MarkShape {
        switch self {
        case .release, .alias, .configuration: .diamond
        case .alertFired: .triangle
        case .alertResolved: .triangleDown
        case .silence, .silenceExpired, .acknowledgement, .note, .label: .circle
        case .restart, .connectionLost, .replicaLost: .cross
        case .connectionBack, .replicaBack, .proof, .pipeline: .flag
        case .healthChanged, .drift: .square
        case .operation, .training: .star
        }
    }

    var role: Role {
        switch self {
        case .alertFired, .connectionLost, .replicaLost: .fail
        case .restart, .healthChanged, .drift: .warn
        case .alertResolved, .connectionBack, .replicaBack: .ok
        default: .notice
        }
    }
}

extension Blame.Kind {
    var words: String {
        switch self {
        case .queueLonger: "a longer queue"
        case .promptsLonger: "longer prompts"
        case .prefixHitsDown: "fewer prefix-cache hits"
        case .kvCacheFull: "a full KV cache"
        case .replicaSlower: "one slow replica"
        case .engineSlower: "a slower engine"
        }
    }
}

extension AlertState {
    var isOpen: Bool { alert.state == .firing || alert.state == .unprocessed }
}

extension Figures {
    /// A statistic: two or three figures that count.
    static func score(_ value: Double?) -> String {
        guard let value, value.isFinite else { return missing }
        if value == 0 { return "0" }
        return abs(value) < 0.001 ? "<0.001" : abs(value) < 0.1 ? fixed(value, 3) : fixed(value, 2)
    }

    /// How many: whole up to a thousand.
    static func count(_ value: Double) -> String { value < 1000 ? fixed(value, 0) : short(value) }
}
