/// Where the ticks of an axis stand.
public enum Axis {
    /// A tick of a time axis.
    public struct TimeTick: Equatable, Sendable {
        /// Seconds since the epoch.
        public var at: Double
        public var label: String
    }

    /// At most about `count` round values (1, 2 or 5 times a power of ten) within `min...max`.
    public static func ticks(_ min: Double, _ max: Double, _ count: Int) -> [Double] {
        guard min.isFinite, max.isFinite, count > 0, min <= max else { return [] }
        guard min < max else { return [min] }
        let step = niceStep((max / 2 - min / 2) / Double(count) * 2)
        guard step.isFinite, step > 0 else { return [min, max] }
        let first = (min / step).rounded(.up)
        let last = (max / step).rounded(.down)
        // A step that the doubles near `max` cannot tell apart makes no axis.
        guard last - first < 1000, abs(first) < 1e15, abs(last) < 1e15 else { return [min, max] }
        guard first <= last else { return [] }
        return (0...Int(last - first)).map { index in
            // The product may be rounded to a value just beyond an end; and -0 is written 0.
            let value = Swift.min(max, Swift.max(min, (first + Double(index)) * step))
            return value == 0 ? 0 : value
        }
    }

    /// The smallest of 1, 2 and 5 times a power of ten that is no smaller than `raw`.
    static func niceStep(_ raw: Double) -> Double {
        guard raw.isFinite, raw > 0 else { return .nan }
        let power = powerOfTen(atMost: raw)
        guard power > 0 else { return .nan }
        for factor in [1.0, 2, 5, 10] where power * factor >= raw * (1 - 1e-9) { return power * factor }
        return power * 10
    }

    /// The largest power of ten that is no larger than `value`, which is above 0.
    static func powerOfTen(atMost value: Double) -> Double {
        var power = 1.0
        while power > value, power > 0 { power /= 10 }
        while power <= value / 10 { power *= 10 }
        return power
    }

    /// Powers of ten within `min...max`, thinned to about `count`; 2 and 5 times them where there is room.
    public static func logTicks(_ min: Double, _ max: Double, _ count: Int) -> [Double] {
        guard min.isFinite, max.isFinite, min > 0, min <= max, count > 0 else { return [] }
        var powers: [Double] = []
        var power = powerOfTen(atMost: min)
        while power <= max, powers.count < 700 {
            powers.append(power)
            power *= 10
        }
        let inside = powers.filter { $0 >= min }
        if inside.count * 3 <= count {
            let fine = powers.flatMap { [$0, 2 * $0, 5 * $0] }.filter { $0 >= min && $0 <= max }
            return fine.isEmpty ? [min] : fine
        }
        let stride = Swift.max(1, (inside.count + count - 1) / count)
        return inside.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
    }

    private static let timeSteps: [Double] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172_800, 604_800,
        1_209_600, 2_592_000, 7_776_000, 31_536_000,
    ]

    /// At most about `count` round local times within `from...to`, in seconds since the epoch. The labels are
    /// `12:04:31`, `12:04`, or `11-23` where a step is a day or longer; a tick on midnight is labelled with its day.
    public static func timeTicks(from: Double, to: Double, count: Int, utcOffset: Int) -> [TimeTick] {
        guard from.isFinite, to.isFinite, from < to, count > 0, abs(from) < 1e12, abs(to) < 1e12 else { return [] }
        let wanted = (to - from) / Double(count)
        let step = timeSteps.first { $0 >= wanted * (1 - 1e-9) } ?? 31_536_000 * (wanted / 31_536_000).rounded(.up)
        let offset = Double(utcOffset)
        var ticks: [TimeTick] = []
        var local = ((from + offset) / step).rounded(.up) * step
        while local - offset <= to, ticks.count <= 2 * count + 2 {
            let at = local - offset
            let isMidnight = local.truncatingRemainder(dividingBy: 86400) == 0
            let label =
                step >= 86400 || isMidnight
                ? String(Figures.day(at, utcOffset: utcOffset).dropFirst(5))
                : Figures.clock(at, utcOffset: utcOffset, seconds: step < 60)
            ticks.append(TimeTick(at: at, label: label))
            local += step
        }
        return ticks
    }
}
