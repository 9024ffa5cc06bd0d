import Glibc
public import PitModel

/// A compiled regular expression that must match the whole text.
///
/// POSIX extended syntax with the C library's `\d \w \s`: Prometheus' RE2 has also non-greedy repeats, `(?:...)` and flags.
/// The two first are rewritten, since they do not change what a whole match is; a pattern with others is refused.
final class AnchoredPattern: @unchecked Sendable {
    // SAFETY: `compiled` is written in `init` and only read by `regexec`, which POSIX makes safe to call from several
    // threads on one compiled pattern; it is freed when no reference is left.
    private var compiled = regex_t()

    init?(_ pattern: String) {
        guard pattern.utf8.count <= 4096, let ours = Self.posix(pattern) else { return nil }
        guard regcomp(&compiled, "^(\(ours))$", REG_EXTENDED | REG_NOSUB) == 0 else { return nil }
    }

    deinit { regfree(&compiled) }

    func matches(_ text: String) -> Bool { regexec(&compiled, text, 0, nil, 0) == 0 }

    private static func posix(_ pattern: String) -> String? {
        var result = pattern.replacing("(?:", with: "(")
        for lazy in ["*?", "+?", "??"] { result = result.replacing(lazy, with: String(lazy.prefix(1))) }
        result = result.replacing("\\d", with: "[0-9]")
        return result.contains("(?") ? nil : result
    }
}

/// Matchers that are asked often: the patterns are compiled once.
public struct MatcherSet: Sendable {
    public let matchers: [Matcher]
    private let patterns: [AnchoredPattern?]

    public init(_ matchers: [Matcher]) {
        self.matchers = matchers
        patterns = matchers.map { $0.isRegex ? AnchoredPattern($0.value) : nil }
    }

    public var isEmpty: Bool { matchers.isEmpty }

    /// Whether all matchers hold; an absent label counts as empty. A pattern that is none matches nothing.
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
