import Glibc

/// Maps values to heights.
struct ValueScale: Equatable {
    private(set) var low: Double
    private(set) var high: Double
    private(set) var isLog: Bool
    private(set) var ticks: [Double]

    /// A scale with round ends that shows all of `low...high`, which are finite.
    init(_ low: Double, _ high: Double, isLog: Bool, tickCount: Int) {
        self.isLog = isLog
        let count = max(1, tickCount)
        if isLog {
            let bottom = max(low, Double.leastNormalMagnitude)
            let top = max(high, bottom)
            self.low = Axis.powerOfTen(atMost: bottom)
            let power = Axis.powerOfTen(atMost: top)
            let ceiling = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= top } ?? top
            self.high = ceiling.isFinite && ceiling > self.low ? ceiling : min(self.low * 10, .greatestFiniteMagnitude)
            ticks = Axis.logTicks(self.low, self.high, count)
            return
        }
        var (bottom, top) = (min(low, high), max(low, high))
        if bottom == top {
            let spread = bottom == 0 ? 1 : abs(bottom) * 0.1
            if bottom != 0 { bottom -= spread }
            top = top + spread
        }
        let step = Axis.niceStep((top / 2 - bottom / 2) / Double(count) * 2)
        let (niceLow, niceHigh) = ((bottom / step).rounded(.down) * step, (top / step).rounded(.up) * step)
        self.low = niceLow.isFinite ? niceLow : max(bottom, -.greatestFiniteMagnitude)
        self.high = niceHigh.isFinite ? niceHigh : min(top, .greatestFiniteMagnitude)
        ticks = Axis.ticks(self.low, self.high, count)
    }

    /// 0 at the low end, 1 at the high end; infinities and what is beyond an end stand there. Nil for what has no
    /// place: NaN, and on a logarithmic scale what is not above 0.
    func position(_ value: Double) -> Double? {
        guard !value.isNaN else { return nil }
        if isLog {
            guard value > 0 else { return nil }
            guard value.isFinite else { return 1 }
            let share = (log10(value) - log10(low)) / (log10(high) - log10(low))
            return share.isFinite ? min(1, max(0, share)) : 0.5
        }
        guard value.isFinite else { return value < 0 ? 0 : 1 }
        let share = (value / 2 - low / 2) / (high / 2 - low / 2)
        return share.isFinite ? min(1, max(0, share)) : 0.5
    }

    /// The row from the top, of `rows`, that a value falls in.
    func row(of value: Double, rows: Int) -> Int? {
        guard rows > 0, let position = position(value) else { return nil }
        return min(rows - 1, max(0, Int(((1 - position) * Double(rows - 1)).rounded())))
    }
}
