import PitModel
import PitParse

/// The series that a rule's selector matches, as they become known.
final class RuleSelector {
    struct Series {
        let labels: RuleLabels
        let source: any RuleSource
        let slot: Int
    }

    /// The buckets of one histogram, by upper edge, ascending.
    final class Histogram {
        let labels: RuleLabels
        var buckets: [(upper: Double, source: any RuleSource, slot: Int)] = []
        init(_ labels: RuleLabels) { self.labels = labels }
    }

    let name: String
    /// The other matchers.
    let matchers: [Matcher]
    let connection: ConnectionName?
    let isHistogram: Bool
    private let set: MatcherSet
    private(set) var series: [Series] = []
    private(set) var histograms: [Histogram] = []
    private var byText: [String: Int] = [:]
    /// Series that its rule had no room for.
    private(set) var leftOut = 0

    /// Series that one selector takes.
    static let limit = 200_000

    init(_ all: [Matcher], connection: ConnectionName?, isHistogram: Bool = false) {
        let named = all.first { $0.name == "__name__" && $0.isEqual && !$0.isRegex }?.value ?? ""
        name = isHistogram && !named.hasSuffix("_bucket") ? named + "_bucket" : named
        matchers = all.filter { !($0.name == "__name__" && $0.isEqual && !$0.isRegex) }
        set = MatcherSet(matchers)
        (self.connection, self.isHistogram) = (connection, isHistogram)
    }

    /// A label that must have one value, by which selectors are found.
    var pair: (label: String, value: String)? {
        matchers.first { $0.isEqual && !$0.isRegex && !$0.value.isEmpty }.map { ($0.name, $0.value) }
    }

    func matches(_ labels: [String: String]) -> Bool { set.matches(labels) }

    var count: Int { isHistogram ? histograms.count : series.count }

    /// Takes a series whose labels match.
    func add(_ labels: RuleLabels, _ source: any RuleSource, _ slot: Int) {
        guard series.count + histograms.count < Self.limit else {
            leftOut += 1
            return
        }
        guard isHistogram else { return series.append(Series(labels: labels, source: source, slot: slot)) }
        var rest = labels.values
        guard let edge = rest.removeValue(forKey: "le"), let upper = Double(edge == "+Inf" ? "inf" : edge) else {
            return
        }
        let text = RuleLabels.text(of: rest)
        let index = byText[text] ?? histograms.count
        if index == histograms.count {
            byText[text] = index
            histograms.append(Histogram(RuleLabels(rest)))
        }
        let place = histograms[index].buckets.firstIndex { $0.upper > upper } ?? histograms[index].buckets.count
        histograms[index].buckets.insert((upper, source, slot), at: place)
    }

    /// Forgets the series of a source.
    func forget(_ source: any RuleSource) {
        series.removeAll { $0.source === source }
        for histogram in histograms { histogram.buckets.removeAll { $0.source === source } }
        histograms.removeAll { $0.buckets.isEmpty }
        byText = Dictionary(
            histograms.enumerated().map { ($1.labels.text, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
