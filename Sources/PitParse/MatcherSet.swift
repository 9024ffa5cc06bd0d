public import PitModel

/// Matchers that are asked often: the patterns are compiled once.
public struct MatcherSet: Sendable {
    public let matchers: [Matcher]
    private let patterns: [AnchoredPattern?]

    public init(_ matchers: [Matcher]) {
        self.matchers = matchers
        patterns = matchers.map { $0.isRegex ? try? AnchoredPattern($0.value) : nil }
    }

    public var isEmpty: Bool { matchers.isEmpty }

    /// Whether all matchers hold; an absent label counts as empty. A pattern that is none matches nothing, nor does
    /// its negation match.
    public func matches(_ labels: [String: String]) -> Bool { matches { labels[$0] ?? "" } }

    public func matches(_ labels: [Label]) -> Bool {
        matches { name in labels.first { $0.name == name }?.value ?? "" }
    }

    /// For series: `__name__` is the metric's name.
    public func matches(_ key: SeriesKey) -> Bool {
        matches { $0 == "__name__" ? key.name : key[$0] ?? "" }
    }

    private func matches(_ value: (String) -> String) -> Bool {
        for (matcher, pattern) in zip(matchers, patterns) {
            let seen = value(matcher.name)
            if matcher.isRegex {
                guard let pattern, pattern.matches(seen) == matcher.isEqual else { return false }
            } else if (seen == matcher.value) != matcher.isEqual {
                return false
            }
        }
        return true
    }
}
