/// Numbers of seconds from outside, made safe to calculate with.
enum Seconds {
    /// A week: more than any exchange may take.
    static let longest = 604_800.0

    /// Not a number and what is negative become 0.
    static func bounded(_ seconds: Double) -> Double { seconds > 0 ? min(seconds, longest) : 0 }

    static func milliseconds(_ seconds: Double) -> Int { max(1, Int((bounded(seconds) * 1000).rounded(.up))) }
}
