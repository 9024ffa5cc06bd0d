/// A histogram as a server keeps it: counts by bucket, a sum.
struct LatencyHistogram {
    let edges: [Double]
    /// Not cumulative; the last is what was above every edge.
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(_ edges: [Double]) {
        self.edges = edges
        counts = Array(repeating: 0, count: edges.count + 1)
    }

    mutating func observe(_ value: Double, times: Int = 1) {
        let index = edges.firstIndex { value <= $0 } ?? edges.count
        counts[index] += times
        sum += value * Double(times)
    }

    static let ttft: [Double] = [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640,
        2560,
    ]
    static let itl: [Double] = [
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
    ]
    static let request: [Double] = [
        0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
    ]
    static let tokens: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000]
}
