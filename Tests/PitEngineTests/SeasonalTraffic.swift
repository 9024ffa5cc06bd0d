import Foundation
import PitModel

/// The page of a server whose traffic follows the hour of the day, as traffic does: how much, and how long.
struct SeasonalTraffic {
    /// Prompts become so many times as long from a moment on.
    struct Shift {
        var at: Timestamp
        var factor: Double
    }

    static let edges: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000]

    private let start: Timestamp
    private let perSecond: Double
    private let shift: Shift?
    private var random: SplitMix
    private var prompts = [Double](repeating: 0, count: Self.edges.count + 1)
    private var answers = [Double](repeating: 0, count: Self.edges.count + 1)
    private var reasons = ["stop": 0.0, "length": 0.0]
    private var last: Timestamp

    init(from start: Timestamp, perSecond: Double = 2, shift: Shift? = nil, seed: UInt64 = 7) {
        (self.start, self.perSecond, self.shift, last) = (start, perSecond, shift, start)
        random = SplitMix(state: seed)
    }

    /// Goes on to a moment; gives the page that is read then.
    mutating func page(at now: Timestamp) -> String {
        let hour = now.since(start) / 3600
        let swing = sin(2 * .pi * hour / 24)
        let requests = random.poisson(perSecond * (1 + 0.6 * swing) * max(0, now.since(last)))
        last = now
        let factor = shift.map { now >= $0.at ? $0.factor : 1 } ?? 1
        for _ in 0..<requests {
            let prompt = 240 * (1 + 0.25 * swing) * factor * exp(random.normal() * 0.9)
            let answer = 160 * exp(random.normal() * 0.7)
            prompts[Self.edges.firstIndex { prompt <= $0 } ?? Self.edges.count] += 1
            answers[Self.edges.firstIndex { answer <= $0 } ?? Self.edges.count] += 1
            reasons[random.unit() < 0.12 ? "length" : "stop", default: 0] += 1
        }
        return Self.histogram("t_prompt", prompts) + Self.histogram("t_answer", answers)
            + reasons.map { "t_requests_total{model=\"m\",ok=\"yes\",finished_reason=\"\($0.key)\"} \($0.value)\n" }
            .joined()
    }

    private static func histogram(_ name: String, _ counts: [Double]) -> String {
        var (sum, text) = (0.0, "")
        for (index, count) in counts.enumerated() {
            sum += count
            let edge = index < edges.count ? "\(edges[index])" : "+Inf"
            text += "\(name)_bucket{model=\"m\",le=\"\(edge)\"} \(sum)\n"
        }
        return text + "\(name)_sum{model=\"m\"} \(sum)\n\(name)_count{model=\"m\"} \(sum)\n"
    }
}

/// SplitMix64 (Steele, Lea, Flood, 2014): the same traffic every time.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
    mutating func normal() -> Double { sqrt(-2 * log(1 - unit())) * cos(2 * .pi * unit()) }

    /// By the normal law, which is near enough above some ten.
    mutating func poisson(_ mean: Double) -> Int { max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
}
