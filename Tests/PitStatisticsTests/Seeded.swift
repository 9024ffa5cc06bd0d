import Foundation

/// Random numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Of the standard normal law (Box and Muller).
    mutating func normal() -> Double {
        let (u, v) = (Double.random(in: 1e-300..<1, using: &self), Double.random(in: 0..<1, using: &self))
        return sqrt(-2 * log(u)) * cos(2 * .pi * v)
    }
}

/// Whether two numbers are the same but for the last digits of the arithmetic.
func isNear(_ a: Double?, _ b: Double?, _ tolerance: Double = 1e-9) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return a == b || abs(a - b) <= tolerance * max(1e-9, abs(a), abs(b))
}
