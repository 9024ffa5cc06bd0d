import PitModel
import PitStore

/// Which release answered an exchange: as its source tells it, or the one that was released last before it.
struct ReleaseTimes: Sendable {
    private var times: [ModelName: [(at: Timestamp, release: String)]] = [:]

    /// What sources call it, the most telling first.
    private static let attributes = [
        "release", "pitwall.release", "deployment.release", "service.version", "model.version", "model_version",
    ]

    init(_ events: [Event]) {
        for event in events where event.kind == .release {
            // As the engine writes them: `serving/chat r14 released by ana`.
            let words = event.title.split(separator: " ")
            guard let model = event.model, let place = words.firstIndex(of: "released"), place > 0 else { continue }
            times[model, default: []].append((event.at, String(words[place - 1])))
        }
        for model in times.keys { times[model]?.sort { $0.at < $1.at } }
    }

    /// Of all that the store has of the last 90 days.
    init(_ store: Store, until now: Timestamp) throws(StoreFault) {
        self.init(try store.events(from: now.advanced(by: -90 * 86400), to: now, limit: 20_000))
    }

    /// The release that a model has now, as far as is known.
    func present(of model: ModelName) -> String? { times[model]?.last?.release }

    /// When a release of a model was released last.
    func since(_ release: String, of model: ModelName) -> Timestamp? {
        times[model]?.last { $0.release == release }?.at
    }

    func release(of exchange: Interaction) -> String? {
        for name in Self.attributes {
            switch exchange.attributes[name] {
            case .text(let text)? where !text.isEmpty: return text
            case .number(let number)?: return Int64(exactly: number).map { "\($0)" } ?? "\(number)"
            default: continue
            }
        }
        guard let model = exchange.model else { return nil }
        return times[model]?.last { $0.at <= exchange.at }?.release
    }
}
