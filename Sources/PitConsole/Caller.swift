import PitGrid
import PitModel

/// Knows which alerts a person was called for: for each firing once.
struct Caller: Sendable {
    private var known: Set<String>?
    private var title = SafeText("pitwall")

    /// Names told in one call.
    private static let names = 3

    /// What must be done because of new rows. What fires already when pitwall starts calls nobody: it is on the screen.
    mutating func take(_ rows: WorldRows, _ attention: Attention?) -> [Effect] {
        guard let attention, !attention.ways.isEmpty else { return [] }
        var effects: [Effect] = []
        if attention.ways.contains(.title) {
            let open = rows.calling.count
            let new = SafeText(open == 0 ? "pitwall" : "pitwall: \(open) firing")
            if new != title { effects.append(.title(new)) }
            title = new
        }
        let now = Set(rows.calling.map(\.key))
        defer { known = now }
        guard let known else { return effects }
        let fresh = rows.calling.filter { !known.contains($0.key) }
        guard let first = fresh.first, attention.ways.contains(.bell) || attention.ways.contains(.desktop) else {
            return effects
        }
        let more = fresh.count > Self.names ? ", and \(fresh.count - Self.names) more" : ""
        let words =
            fresh.count == 1 ? first.words : fresh.prefix(Self.names).map(\.name).joined(separator: ", ") + more
        effects.append(
            .call(
                SafeText(words), isRinging: attention.ways.contains(.bell), isShown: attention.ways.contains(.desktop)))
        return effects
    }
}

/// An open alert that a person chose to be called for.
struct CallingAlert: Sendable {
    /// One firing of one alert.
    var key: String
    var name: String
    var words: String

    init(_ state: AlertState) {
        key = "\(state.id)@\(state.alert.startsAt.milliseconds)"
        name = state.alert.name
        let subject = state.model.map { " \($0)" } ?? ""
        let summary = state.alert.summary
        words = "\(name)\(subject)" + (summary.isEmpty ? "" : ": \(summary)")
    }

    /// Alerts that call at once at most: a storm is one call.
    static let limit = 10_000

    static func all(_ snapshot: Snapshot, _ attention: Attention?) -> [CallingAlert] {
        guard let attention, !attention.ways.isEmpty else { return [] }
        return Array(
            snapshot.alerts.lazy.filter {
                $0.isOpen && $0.acknowledgement == nil && attention.filter.takes($0.alert, model: $0.model)
            }.map(CallingAlert.init).prefix(limit))
    }
}
