import Foundation
import PitModel

func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: 1_700_000_000 + seconds) }

/// A folder of its own for each test, removed when it goes.
final class Folder {
    let path = FileManager.default.temporaryDirectory.appending(path: "pitstore-\(UUID().uuidString)").path
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Columns of every nature that servers send, and some they should not.
func column(_ kind: Int, _ count: Int, _ random: inout Seeded) -> [Double] {
    var value = Double(Int.random(in: 0...1000, using: &random))
    return (0..<count).map { i in
        switch kind {
        case 0: value
        case 1:
            {
                value += Double(Int.random(in: 0...9, using: &random)); return value
            }()
        case 2:
            {
                value += Double.random(in: 0...1, using: &random); return value
            }()
        case 3: Double(bitPattern: random.next())
        case 4: Double(Int.random(in: 0...1000, using: &random)) / 1000
        case 5: i == count / 2 ? 0 : Double(i) * 1e6
        case 6:
            [-0.0, 0, .infinity, -.infinity, Double.leastNonzeroMagnitude, .greatestFiniteMagnitude, 9e15, -1e12][i % 8]
        default: Double(Int.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random))
        }
    }
}
