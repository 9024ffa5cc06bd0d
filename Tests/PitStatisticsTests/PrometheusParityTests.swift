import Foundation
import PitModel
import PitStatistics
import Testing

/// What a real Prometheus answered; `Tests/Tools/prometheus_parity.py` writes the file.
private struct Parity {
    var series: [String: [DataPoint]] = [:]
    var buckets: [String: [Bucket]] = [:]
    var asked: [[String]] = []
    var edge = CounterRate.LowerEdge.open

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Fixtures/prometheus-parity.txt")
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            let pairs = words.dropFirst(2).map { $0.split(separator: "=").map(String.init) }
            switch words[0] {
            case "edge": edge = words[1] == "closed" ? .closed : .open
            case "series":
                series[words[1]] = try pairs.map { pair in
                    DataPoint(Timestamp(milliseconds: try #require(Int64(pair[0]))), try #require(Double(pair[1])))
                }
            case "buckets":
                buckets[words[1]] = try pairs.map { pair in
                    Bucket(upper: try #require(Double(pair[0])), count: try #require(Double(pair[1])))
                }
            default: asked.append(words)
            }
        }
    }

    func answer(_ words: [String]) throws -> Double? {
        let word = try #require(words.last)
        return word == "none" || word == "NaN" ? nil : Double(word)
    }
}

@Test("rates, increases, deltas and resets are those of Prometheus")
func ratesAreThoseOfPrometheus() throws {
    let parity = try Parity()
    var compared = 0
    for words in parity.asked where words[0] == "ask" {
        let points = try #require(parity.series[words[2]])
        let from = Timestamp(milliseconds: try #require(Int64(words[3])))
        let to = Timestamp(milliseconds: try #require(Int64(words[4])))
        let edge = parity.edge
        let inside = points.filter { $0.at >= from && $0.at <= to }
        let mine: Double? =
            switch words[1] {
            case "rate": CounterRate.rate(points, from: from, to: to, edge: edge)
            case "increase": CounterRate.increase(points, from: from, to: to, edge: edge)
            case "delta": CounterRate.delta(points, from: from, to: to, edge: edge)
            case "irate": CounterRate.instant(points, from: from, to: to, edge: edge)
            default: inside.isEmpty ? nil : Double(CounterRate.resets(inside))
            }
        #expect(isNear(mine, try parity.answer(words)), "\(words) but \(String(describing: mine))")
        compared += 1
    }
    #expect(compared > 500)
}

@Test("quantiles of histograms are those of Prometheus")
func histogramQuantilesAreThoseOfPrometheus() throws {
    let parity = try Parity()
    var compared = 0
    for words in parity.asked where words[0] == "quantile" {
        let q = try #require(Double(words[1]))
        let mine = HistogramQuantile.quantile(q, try #require(parity.buckets[words[2]]))
        #expect(isNear(mine?.value, try parity.answer(words)), "\(words) but \(String(describing: mine))")
        compared += 1
    }
    #expect(compared > 80)
}

@Test("quantiles of plain values are those of Prometheus")
func quantilesAreThoseOfPrometheus() throws {
    let parity = try Parity()
    var compared = 0
    for words in parity.asked where words[0] == "over-time" {
        let points = try #require(parity.series[words[2]])
        let from = Timestamp(milliseconds: try #require(Int64(words[3])))
        let to = Timestamp(milliseconds: try #require(Int64(words[4])))
        let values = points.filter { $0.at >= from && $0.at <= to }.map(\.value)
        let mine = Quantiles.quantile(try #require(Double(words[1])), values)
        #expect(isNear(mine, try parity.answer(words)), "\(words) but \(String(describing: mine))")
        compared += 1
    }
    #expect(compared > 100)
}
