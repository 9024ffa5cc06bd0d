/// How numbers are written for people: short, with their unit, and `--` for what is not known.
///
/// All results are ASCII, so that they take as many columns as they have characters.
public enum Figures {
    /// What stands for a value that is not known. It is never shown as 0.
    public static let missing = "--"

    private static let steps: [(factor: Double, suffix: String)] = [
        (1, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T"), (1e15, "P"), (1e18, "E"),
    ]

    /// Three figures and an SI prefix: `3`, `38.2`, `412`, `1.2k`, `12.3M`, `0.021`.
    public static func short(_ value: Double?, atLeast: Bool = false) -> String {
        guard let value, !value.isNaN else { return missing }
        let prefix = atLeast ? ">=" : ""
        guard value.isFinite else { return prefix + (value < 0 ? "-inf" : "inf") }
        let sign = value < 0 ? "-" : ""
        let size = abs(value)
        if size == 0 { return prefix + "0" }
        if size < 0.001 { return prefix + sign + scientific(size) }
        if size < 1 { return prefix + sign + threeFigures(size) }
        for (index, step) in steps.enumerated() {
            let scaled = size / step.factor
            let text = threeFigures(scaled)
            if text != "1000" || index == steps.count - 1 {
                if scaled < 1000 { return prefix + sign + trimmed(text, index) + step.suffix }
            }
        }
        return prefix + sign + scientific(size)
    }

    /// Seconds as people say them: `0.4ms`, `412ms`, `1.9s`, `12s`, `4m12s`, `3h07m`, `2d4h`.
    public static func duration(_ seconds: Double?, atLeast: Bool = false) -> String {
        guard let seconds, !seconds.isNaN else { return missing }
        let prefix = (atLeast ? ">=" : "") + (seconds < 0 ? "-" : "")
        let size = abs(seconds)
        guard size.isFinite else { return prefix + "inf" }
        if size == 0 { return prefix + "0s" }
        if size < 0.00005 { return prefix + "<0.1ms" }
        if size < 0.00995 { return prefix + fixed(size * 1000, 1, trim: true) + "ms" }
        if size < 0.9995 { return prefix + fixed(size * 1000, 0) + "ms" }
        if size < 9.95 { return prefix + fixed(size, 1, trim: true) + "s" }
        if size < 59.5 { return prefix + fixed(size, 0) + "s" }
        if size < 3599.5 { return prefix + pair(size, 60, "m", 1, "s", pad: true) }
        if size < 86370 { return prefix + pair(size, 3600, "h", 60, "m", pad: true) }
        if size < 100 * 86400 - 1800 { return prefix + pair(size, 86400, "d", 3600, "h", pad: false) }
        return prefix + (size < 1e14 ? fixed(size / 86400, 0) : scientific(size / 86400)) + "d"
    }

    /// How old something is, in one unit: `2s`, `4m`, `3h`, `12d`. Negative ages, of clocks that differ, are `0s`.
    public static func age(_ seconds: Double?) -> String {
        guard let seconds, !seconds.isNaN else { return missing }
        let size = max(0, seconds)
        guard size < 1e14 else { return "inf" }
        if size < 60 { return fixed(size.rounded(.down), 0) + "s" }
        if size < 3600 { return fixed((size / 60).rounded(.down), 0) + "m" }
        if size < 86400 { return fixed((size / 3600).rounded(.down), 0) + "h" }
        return fixed((size / 86400).rounded(.down), 0) + "d"
    }

    /// A ratio in percent: `71%`, `1.2%`, `0.02%`, `99.95%`. What is not quite all is never rounded to `100%`, and
    /// what is not quite nothing never to `0%`.
    public static func percent(_ ratio: Double?, atLeast: Bool = false) -> String {
        guard let ratio, !ratio.isNaN else { return missing }
        let prefix = (atLeast ? ">=" : "") + (ratio < 0 ? "-" : "")
        let size = abs(ratio) * 100
        guard size.isFinite else { return prefix + "inf" }
        if size == 0 { return prefix + "0%" }
        if size < 0.005 { return prefix + "<0.01%" }
        if size < 0.995 { return prefix + fixed(size, 2, trim: true) + "%" }
        if size < 9.95 { return prefix + fixed(size, 1, trim: true) + "%" }
        if size >= 99, size < 100 {
            return prefix + (size >= 99.995 ? ">99.99%" : fixed(size, 2, trim: true) + "%")
        }
        return prefix + (size < 1e6 ? fixed(size, 0) : short(size)) + "%"
    }

    /// Bytes in powers of 1024: `512B`, `1.5KiB`, `71GiB`.
    public static func bytes(_ count: Double?) -> String {
        guard let count, !count.isNaN else { return missing }
        let sign = count < 0 ? "-" : ""
        var size = abs(count)
        guard size.isFinite else { return sign + "inf" }
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        while size >= 999.5, unit < units.count - 1 {
            size /= 1024
            unit += 1
        }
        guard size < 1e6 else { return sign + scientific(size) + units[unit] }
        return sign + fixed(size, unit > 0 && size < 9.95 ? 1 : 0, trim: true) + units[unit]
    }

    /// A time of day, `12:04:31` (or `12:04`), `offset` seconds east of UTC; the time is in seconds since the epoch.
    public static func clock(_ time: Double?, utcOffset: Int = 0, seconds: Bool = true) -> String {
        guard let time, let date = CalendarTime(time, utcOffset: utcOffset) else { return missing }
        let minutes = "\(padded(date.hour)):\(padded(date.minute))"
        return seconds ? "\(minutes):\(padded(date.second))" : minutes
    }

    /// A day, `2026-11-23`, `offset` seconds east of UTC; the time is in seconds since the epoch.
    public static func day(_ time: Double?, utcOffset: Int = 0) -> String {
        guard let time, let date = CalendarTime(time, utcOffset: utcOffset) else { return missing }
        return "\(date.year)-\(padded(date.month))-\(padded(date.day))"
    }
}

extension Figures {
    /// Decimals of a number: `fixed(3.14159, 2)` is `3.14`. With `trim`, trailing zeros go.
    public static func fixed(_ value: Double, _ decimals: Int, trim: Bool = false) -> String {
        guard value.isFinite else { return value.isNaN ? missing : value < 0 ? "-inf" : "inf" }
        let decimals = min(max(0, decimals), 9)
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(value) * Double(scale)).rounded()
        guard scaled < 9e15 else { return scientific(value) }
        let whole = Int64(scaled)
        var text = "\(whole / scale)"
        if decimals > 0 {
            let digits = "\(whole % scale)"
            var fraction = String(repeating: "0", count: decimals - digits.count) + digits
            if trim { while fraction.hasSuffix("0") { fraction.removeLast() } }
            if !fraction.isEmpty { text += "." + fraction }
        }
        return (value < 0 && whole != 0 ? "-" : "") + text
    }

    static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Two figures and an exponent: `1.2e-05` is `1.2e-5`.
    static func scientific(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "inf" }
        var mantissa = abs(value)
        var exponent = 0
        while mantissa >= 10 {
            mantissa /= 10
            exponent += 1
        }
        while mantissa < 1 {
            mantissa *= 10
            exponent -= 1
        }
        if mantissa >= 9.95 { (mantissa, exponent) = (1, exponent + 1) }
        return (value < 0 ? "-" : "") + fixed(mantissa, 1, trim: true) + "e\(exponent)"
    }

    private static func threeFigures(_ value: Double) -> String {
        if value >= 99.95 { return fixed(value, 0) }
        if value >= 9.995 { return fixed(value, 1) }
        if value >= 0.9995 { return fixed(value, 2) }
        if value >= 0.09995 { return fixed(value, 3, trim: true) }
        return fixed(value, 4, trim: true)
    }

    /// `38.20` is written `38.2`, `3.00` is written `3`; with a prefix, one decimal is enough.
    private static func trimmed(_ text: String, _ step: Int) -> String {
        guard text.contains(".") else { return text }
        var text = text
        if step > 0, text.utf8.count > 3, text.dropFirst().first == "." { text.removeLast() }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    private static func pair(
        _ size: Double, _ large: Double, _ largeName: String, _ small: Double, _ smallName: String, pad: Bool
    ) -> String {
        let units = (size / small).rounded()
        let perLarge = Int64(large / small)
        let total = Int64(units)
        let (whole, rest) = (total / perLarge, total % perLarge)
        guard rest > 0 else { return "\(whole)\(largeName)" }
        return "\(whole)\(largeName)\(pad && rest < 10 ? "0" : "")\(rest)\(smallName)"
    }
}
