import PitModel
import PitParse
import PitStatistics

/// A rule's expression with the series that it is about, ready to be computed again and again.
indirect enum RuleEvaluation {
    case latest(RuleSelector)
    case rate(RuleSelector, seconds: Double, isPerSecond: Bool)
    case quantile(Double, RuleSelector, seconds: Double)
    case aggregate(RuleGroups, RuleEvaluation)
    /// With a number on the right, or on the left.
    case scaled(RuleExpression.Operator, RuleEvaluation, by: Double)
    case turned(RuleExpression.Operator, Double, RuleEvaluation)
    case joined(RuleExpression.Operator, RuleEvaluation, RuleEvaluation)
    case number(Double, RuleLabels)

    init(_ expression: RuleExpression, connection: ConnectionName?, _ selectors: inout [RuleSelector]) {
        func selector(_ matchers: [Matcher], isHistogram: Bool = false) -> RuleSelector {
            let made = RuleSelector(matchers, connection: connection, isHistogram: isHistogram)
            selectors.append(made)
            return made
        }
        switch expression {
        case .latest(let matchers): self = .latest(selector(matchers))
        case .rate(let matchers, let seconds): self = .rate(selector(matchers), seconds: seconds, isPerSecond: true)
        case .increase(let matchers, let seconds):
            self = .rate(selector(matchers), seconds: seconds, isPerSecond: false)
        case .quantile(let q, let matchers, let seconds):
            self = .quantile(q, selector(matchers, isHistogram: true), seconds: seconds)
        case .aggregate(let how, let labels, let inner):
            self = .aggregate(
                RuleGroups(how, by: labels), RuleEvaluation(inner, connection: connection, &selectors))
        case .arithmetic(let how, let a, .number(let value)):
            self = .scaled(how, RuleEvaluation(a, connection: connection, &selectors), by: value)
        case .arithmetic(let how, .number(let value), let b):
            self = .turned(how, value, RuleEvaluation(b, connection: connection, &selectors))
        case .arithmetic(let how, let a, let b):
            self = .joined(
                how, RuleEvaluation(a, connection: connection, &selectors),
                RuleEvaluation(b, connection: connection, &selectors))
        case .number(let value): self = .number(value, RuleLabels([:]))
        }
    }

    /// Gives each value that is known, with the labels that it has. `points` is room to work in.
    func forEach(_ now: Timestamp, _ points: inout [DataPoint], _ body: (RuleLabels, Double) -> Void) {
        switch self {
        case .number(let value, let labels): body(labels, value)
        case .latest(let selector):
            for one in selector.series {
                if let value = one.source.value(one.slot, now: now) { body(one.labels, value) }
            }
        case .rate(let selector, let seconds, let isPerSecond):
            let from = now.advanced(by: -seconds)
            for one in selector.series {
                one.source.points(one.slot, from: from, into: &points)
                guard let increase = CounterRate.increase(points, from: from, to: now) else { continue }
                body(one.labels, isPerSecond ? increase / seconds : increase)
            }
        case .quantile(let q, let selector, let seconds):
            let from = now.advanced(by: -seconds)
            for histogram in selector.histograms {
                var buckets: [Bucket] = []
                for bucket in histogram.buckets {
                    bucket.source.points(bucket.slot, from: from, into: &points)
                    guard let rate = CounterRate.rate(points, from: from, to: now) else { continue }
                    buckets.append(Bucket(upper: bucket.upper, count: rate))
                }
                if let measure = HistogramQuantile.quantile(q, buckets) { body(histogram.labels, measure.value) }
            }
        case .aggregate(let groups, let inner):
            groups.begin()
            inner.forEach(now, &points) { groups.take($0, $1) }
            groups.end(body)
        case .scaled(let how, let inner, let value):
            inner.forEach(now, &points) { body($0, how.apply($1, value)) }
        case .turned(let how, let value, let inner):
            inner.forEach(now, &points) { body($0, how.apply(value, $1)) }
        case .joined(let how, let a, let b):
            var right: [String: Double] = [:]
            b.forEach(now, &points) { right[$0.text] = $1 }
            a.forEach(now, &points) { labels, value in
                if let other = right[labels.text] { body(labels, how.apply(value, other)) }
            }
        }
    }
}

/// Series put together by some of their labels.
final class RuleGroups {
    private struct Group {
        let labels: RuleLabels
        var count = 0
        var sum = 0.0
        var least = Double.infinity
        var most = -Double.infinity
    }

    private let how: RuleExpression.Aggregate
    private let by: [String]
    private var groups: [Group] = []
    private var byText: [String: Int] = [:]
    /// Which group a series is in. The labels are held so that no others take their place.
    private var places: [ObjectIdentifier: (labels: RuleLabels, group: Int)] = [:]

    init(_ how: RuleExpression.Aggregate, by: [String]) { (self.how, self.by) = (how, by) }

    func begin() {
        for index in groups.indices { groups[index] = Group(labels: groups[index].labels) }
    }

    func take(_ labels: RuleLabels, _ value: Double) {
        guard !value.isNaN else { return }
        let place = places[ObjectIdentifier(labels)]?.group ?? place(labels)
        groups[place].count += 1
        groups[place].sum += value
        groups[place].least = min(groups[place].least, value)
        groups[place].most = max(groups[place].most, value)
    }

    func end(_ body: (RuleLabels, Double) -> Void) {
        // What is no longer there is forgotten once it is most of what is remembered.
        if places.count > 4096, groups.reduce(0, { $0 + $1.count }) * 2 < places.count { places = [:] }
        for group in groups where group.count > 0 {
            switch how {
            case .sum: body(group.labels, group.sum)
            case .min: body(group.labels, group.least)
            case .max: body(group.labels, group.most)
            case .avg: body(group.labels, group.sum / Double(group.count))
            case .count: body(group.labels, Double(group.count))
            }
        }
    }

    private func place(_ labels: RuleLabels) -> Int {
        let kept = labels.values.filter { by.contains($0.key) }
        let text = RuleLabels.text(of: kept)
        let index = byText[text] ?? groups.count
        if index == groups.count {
            byText[text] = index
            groups.append(Group(labels: RuleLabels(kept)))
        }
        places[ObjectIdentifier(labels)] = (labels, index)
        return index
    }
}
