import Foundation
import PitModel
import PitStatistics
import PitTestKit
import Testing

extension EndToEnd {
    @Test("our rates and quantiles are those of a real Prometheus on the same samples")
    func parity() async throws {
        let peers = try Peers()
        // A burst of trouble in the window, so that it is not all the same.
        try peers.become("slow")
        let now = try await Peers.wait("a window of samples") {
            try ask(peers, "count_over_time(vllm:prompt_tokens_total[12s])", at: nil).first?.points.last
        } until: {
            ($0?.value ?? 0) >= 10
        }
        let at = try #require(now).at
        let raw = try ask(peers, "{__name__=~\"vllm:.*(_total|_bucket|_sum|_count)\"}[12s]", at: at)
        #expect(raw.count > 150)
        var compared = 0
        for series in raw {
            let theirs = try #require(try single(peers, series, at))
            let ours = CounterRate.rate(series.points, from: at.advanced(by: -12), to: at, edge: .closed)
            #expect(isSame(ours, theirs), "\(series.labels): \(String(describing: ours)) \(theirs)")
            compared += 1
            if compared >= 60 { break }
        }
        #expect(compared == 60)
        for name in [
            "time_to_first_token_seconds", "inter_token_latency_seconds", "e2e_request_latency_seconds",
            "request_prompt_tokens",
        ] {
            let buckets = raw.filter { $0.labels["__name__"] == "vllm:\(name)_bucket" }.compactMap {
                series -> Bucket? in
                let edge = series.labels["le"] == "+Inf" ? .infinity : Double(series.labels["le"] ?? "")
                let rate = CounterRate.rate(series.points, from: at.advanced(by: -12), to: at, edge: .closed)
                return edge.flatMap { edge in rate.map { Bucket(upper: edge, count: $0) } }
            }
            #expect(buckets.count > 10)
            for q in [0.0, 0.5, 0.9, 0.95, 0.99, 1.0] {
                let theirs = try ask(peers, "histogram_quantile(\(q), rate(vllm:\(name)_bucket[12s]))", at: at).first?
                    .points.last?.value
                let ours = HistogramQuantile.quantile(q, buckets)?.value
                #expect(
                    isSame(ours, theirs ?? .nan),
                    "\(name) q=\(q): \(String(describing: ours)) \(String(describing: theirs))")
            }
        }
    }

    private struct Answer {
        var labels: [String: String]
        var points: [DataPoint]
    }

    private func isSame(_ ours: Double?, _ theirs: Double) -> Bool {
        guard let ours else { return theirs.isNaN }
        return abs(ours - theirs) <= 1e-9 * max(1, abs(theirs))
    }

    private func single(_ peers: Peers, _ series: Answer, _ at: Timestamp) throws -> Double? {
        let labels = series.labels.filter { $0.key != "__name__" }.map { "\($0.key)=\"\($0.value)\"" }.joined(
            separator: ",")
        return try ask(peers, "rate(\(series.labels["__name__"] ?? ""){\(labels)}[12s])", at: at).first?.points.last?
            .value
    }

    private func ask(_ peers: Peers, _ query: String, at: Timestamp?) throws -> [Answer] {
        var words = [
            "curl", "-sS", "--noproxy", "*", "\(peers.facts.prometheus)/api/v1/query", "--data-urlencode",
            "query=\(query)",
        ]
        if let at { words += ["--data-urlencode", "time=\(at.seconds)"] }
        let output = try Command(words).run()
        let json = try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any]
        let result = (json?["data"] as? [String: Any])?["result"] as? [[String: Any]] ?? []
        return result.map { item in
            let pairs = item["values"] as? [[Any]] ?? (item["value"] as? [Any]).map { [$0] } ?? []
            let points = pairs.compactMap { pair -> DataPoint? in
                guard let time = pair.first as? Double, let text = pair.last as? String else { return nil }
                return DataPoint(
                    Timestamp(seconds: time), text == "NaN" ? .nan : text == "+Inf" ? .infinity : Double(text) ?? .nan)
            }
            return Answer(labels: item["metric"] as? [String: String] ?? [:], points: points)
        }
    }
}
