/// Values of a series as unit tests of rules write them: `0+5x10`, `3x4`, `1 2 _ stale`.
///
/// The notation of Prometheus' unit tests: `A+BxN` is A and N more, each B above the one before; `AxN` is A and N more
/// times A; `_` is no value, `_xN` is none N times; `stale` ends the series.
public enum SeriesNotation {
    public struct Fault: Error, Equatable, Sendable { public var summary: String }

    /// Values that one series may have.
    public static let limit = 100_000

    /// One entry a step; nil where there is no value.
    public static func parse(_ text: String) throws(Fault) -> [Double?] {
        var values: [Double?] = []
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "\t" }) {
            if word == "stale" {
                values.append(nil)
                continue
            }
            let parts = word.split(separator: "x", maxSplits: 1, omittingEmptySubsequences: false)
            var count = 0
            if parts.count == 2 {
                guard let wanted = Int(parts[1]), wanted >= 0, values.count + wanted < limit else {
                    throw Fault(summary: "`\(word)`: behind x stands how often")
                }
                count = wanted
            }
            if parts[0] == "_" {
                values += Array(repeating: nil, count: parts.count == 2 ? count : 1)
                continue
            }
            guard let (start, step) = pair(parts[0]) else {
                throw Fault(summary: "`\(word)` is not a value: write 5, 0+1x10, 3x4, _ or stale")
            }
            for index in 0...count { values.append(start + step * Double(index)) }
            guard values.count <= limit else { throw Fault(summary: "more than \(limit) values") }
        }
        return values
    }

    /// `A`, `A+B` or `A-B`; the sign of an exponent is none of it.
    private static func pair(_ text: Substring) -> (Double, Double)? {
        if let value = Double(text) { return (value, 0) }
        for index in text.indices.dropFirst().reversed() where text[index] == "+" || text[index] == "-" {
            if let start = Double(text[..<index]), let step = Double(text[text.index(after: index)...]) {
                return (start, text[index] == "-" ? -step : step)
            }
        }
        return nil
    }
}
