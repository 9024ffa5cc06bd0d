public import PitModel

/// Finds the profile that a server's metric names belong to.
public enum ProfileDetection {
    /// The first profile one of whose prefixes begins one of the names.
    public static func detect(_ names: some Collection<String>, among profiles: [MetricProfile]) -> MetricProfile? {
        profiles.first { profile in
            profile.detect.contains { prefix in
                names.contains { $0.hasPrefix(prefix) || $0.hasPrefix("ray_\(prefix.replacing(":", with: "_"))") }
            }
        }
    }

    /// The one of a metrics page.
    public static func detect(_ page: MetricsPage, among profiles: [MetricProfile]) -> MetricProfile? {
        detect(names(of: page), among: profiles)
    }

    /// The metric names of a page, each once.
    private static func names(of page: MetricsPage) -> Set<String> {
        var names: Set<String> = []
        for row in page.rows {
            let start = Int(row.start)
            let text = page.bytes[start..<start + Int(row.length)].prefix { $0 != 0x7B && $0 != 0x20 && $0 != 0x09 }
            names.insert(String(decoding: text, as: UTF8.self))
        }
        return names
    }
}

extension MetricProfile {
    /// The names of all series that the profile reads, as they stand on the wire.
    public var seriesNames: [String] {
        var names: [String] = []
        for source in sources {
            for name in source.names {
                names += source.kind == .histogram ? ["_bucket", "_sum", "_count"].map { name + $0 } : [name]
            }
        }
        return Array(Set(names + startTime)).sorted()
    }

    /// A PromQL selector of all the series that the profile reads and `matching` allows.
    public func selector(matching: [Matcher]) -> String {
        let pattern = seriesNames.map { $0.replacing(".", with: "\\.") }.joined(separator: "|")
        return SelectorText.spell([Matcher("__name__", pattern, isRegex: true)] + matching)
    }
}
