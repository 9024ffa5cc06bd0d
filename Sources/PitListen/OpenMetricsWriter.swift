/// Writes metric families as OpenMetrics 1.0 (`application/openmetrics-text`).
public struct OpenMetricsWriter {
    public enum Kind: String, Sendable { case gauge, counter, info, stateset, unknown }

    /// One line of a family: labels in the order they are to stand in, and a value.
    public struct Line: Sendable {
        public var labels: [(name: String, value: String)]
        public var value: Double
        public init(_ labels: [(name: String, value: String)] = [], _ value: Double) {
            (self.labels, self.value) = (labels, value)
        }
    }

    public private(set) var text = ""

    public init() {}

    /// Adds a family. One without lines is left out: what is not known is absent, never 0.
    public mutating func family(_ name: String, _ kind: Kind, unit: String = "", help: String, _ lines: [Line]) {
        guard !lines.isEmpty else { return }
        text += "# TYPE \(name) \(kind.rawValue)\n"
        if !unit.isEmpty { text += "# UNIT \(name) \(unit)\n" }
        text += "# HELP \(name) \(Self.escape(help))\n"
        let suffix = kind == .counter ? "_total" : kind == .info ? "_info" : ""
        for line in lines {
            text += name + suffix
            if !line.labels.isEmpty {
                text += "{" + line.labels.map { "\($0.name)=\"\(Self.escape($0.value))\"" }.joined(separator: ",") + "}"
            }
            text += " \(Self.number(line.value))\n"
        }
    }

    /// The whole page.
    public mutating func end() -> String {
        text += "# EOF\n"
        return text
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return text }
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
