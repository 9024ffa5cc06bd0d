/// Durations, sizes and shares as people write them.
enum Units {
    /// Seconds: `15s`, `500ms`, `1h30m`, `2d`, or a bare number of seconds.
    static func seconds(_ text: String) -> Double? {
        if let plain = Double(text), plain.isFinite, plain >= 0 { return plain }
        let factors = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800]
        return sum(text, factors)
    }

    /// Bytes: `64MiB`, `1GB`, `500k`, or a bare number of bytes.
    static func bytes(_ text: String) -> Int? {
        let k = 1024.0
        let factors: [String: Double] = [
            "b": 1, "k": k, "kb": 1000, "kib": k, "m": k * k, "mb": 1e6, "mib": k * k, "g": k * k * k, "gb": 1e9,
            "gib": k * k * k, "t": k * k * k * k, "tb": 1e12, "tib": k * k * k * k,
        ]
        let lower = text.lowercased().filter { $0 != " " }
        guard let value = Double(lower) ?? sum(lower, factors), value >= 0, value < 1e18 else { return nil }
        return Int(value)
    }

    /// A share of 1: `1%`, `0.01`.
    static func ratio(_ text: String) -> Double? {
        if text.hasSuffix("%"), let value = Double(text.dropLast().filter { $0 != " " }) {
            return (0...100).contains(value) ? value / 100 : nil
        }
        guard let value = Double(text), (0...1).contains(value) else { return nil }
        return value
    }

    private static func sum(_ text: String, _ factors: [String: Double]) -> Double? {
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty, rest.count < 40 else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let value = Double(digits), let factor = factors[String(unit)] else { return nil }
            total += value * factor
        }
        return total.isFinite ? total : nil
    }
}
