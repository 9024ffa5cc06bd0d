import PitModel
import PitStatistics
import PitStore

/// What the last comparison of a model's exchanges said, and when the next is due.
struct ResponseBook {
    var outcome = ResponseOutcome()
    /// When exchanges were last compared; nil before the first time.
    var comparedAt: Timestamp?
    var isComparing = false
    var candidates: [DriftJudgement.Candidate] { outcome.candidates }
}

struct ResponseOutcome: Sendable {
    var current: TimeRange?
    var reference: TimeRange?
    var referenceWords = ""
    var candidates: [DriftJudgement.Candidate] = []
}

/// A comparison of exchanges to be made: all that it needs, so that it can be made beside the engine.
struct ResponseComparison: Sendable {
    enum Reference: Sendable {
        case spans([TimeRange], words: String)
        case baseline(DriftBaseline)
        case none(why: String)
    }

    var model: ModelName
    var current: TimeRange
    var reference: Reference
    /// Whether the texts themselves are compared.
    var texts: Bool
    var embed: (@Sendable ([String]) async -> [[Double]]?)?

    /// Exchanges looked at on each side: what comes beyond sharpens nothing that a person would act on.
    static let (mostCurrent, mostReference) = (4000, 8000)
    static let mostTexts = 400
    static let mostEmbedded = 200

    private typealias Text = ResponseJudgement.Text

    func run(_ store: Store) throws(StoreFault) -> ResponseOutcome {
        let now = ResponseJudgement.side(
            try store.responseSample(of: model, in: [current], limit: Self.mostCurrent))
        var outcome = ResponseOutcome()
        guard !now.isEmpty else { return outcome }
        outcome.current = current
        switch reference {
        case .none(let why):
            outcome.candidates = ResponseJudgement.judge([:], now, why: why)
        case .baseline(let kept):
            (outcome.reference, outcome.referenceWords) = (kept.range, "the baseline `\(kept.name)`")
            let before = (kept.responses ?? [:]).mapValues(FeatureValues.init)
            let why = "the baseline holds nothing of exchanges"
            outcome.candidates = ResponseJudgement.judge(before, now, why: why)
        case .spans(let spans, let words):
            outcome.referenceWords = words
            if let first = spans.map(\.from).min(), let last = spans.map(\.to).max() {
                outcome.reference = TimeRange(from: first, to: last)
            }
            let before = try store.responseSample(of: model, in: spans, limit: Self.mostReference)
            outcome.candidates = ResponseJudgement.judge(
                ResponseJudgement.side(before), now, why: "no exchange is kept of \(words)")
            if texts { outcome.candidates += ResponseJudgement.judge(try sample(store, spans), try sample(store)) }
        }
        return outcome
    }

    private func sample(_ store: Store, _ spans: [TimeRange]? = nil) throws(StoreFault) -> [Text] {
        try store.textSample(of: model, in: spans ?? [current], limit: Self.mostTexts).map {
            Text(prompt: $0.prompt, response: $0.response)
        }
    }

    /// The same, with what a server of embeddings makes of the responses. It runs beside the engine.
    @concurrent
    func runAll(_ store: Store) async -> Result<ResponseOutcome, StoreFault> {
        do throws(StoreFault) {
            var outcome = try run(store)
            if let embed, case .spans(let spans, _) = reference, !outcome.candidates.isEmpty {
                let sides = [try sample(store, spans), try sample(store)].map {
                    Array($0.compactMap(\.response).filter { !$0.isEmpty }.prefix(Self.mostEmbedded))
                }
                if let before = await embed(sides[0]), let now = await embed(sides[1]) {
                    outcome.candidates += ResponseJudgement.judge(embeddings: before, now)
                }
            }
            return .success(outcome)
        } catch { return .failure(error) }
    }
}

extension FeatureValues {
    init(_ kept: DriftBaseline.Sample) {
        self = kept.words.isEmpty ? .numbers(OrderedValues(kept.numbers)) : .categories(kept.words)
    }

    /// What is kept of it in a baseline: of numbers as many as tell the distribution, evenly by rank.
    var kept: DriftBaseline.Sample {
        switch self {
        case .numbers(let values):
            let most = 1000
            guard values.count > most else { return DriftBaseline.Sample(numbers: values.values) }
            let step = Double(values.count) / Double(most)
            return DriftBaseline.Sample(numbers: (0..<most).map { values[Int((Double($0) + 0.5) * step)] })
        case .categories(let counts):
            let most = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.prefix(100)
            return DriftBaseline.Sample(words: Dictionary(most.map { ($0.key, $0.value) }, uniquingKeysWith: +))
        case .texts: return DriftBaseline.Sample()
        }
    }
}
