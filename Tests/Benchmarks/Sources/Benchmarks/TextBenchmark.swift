import Foundation
import PitStatistics

/// Text metrics beside sacreBLEU and rouge_score, agreement beside krippendorff and scikit-learn, on the same data.
struct TextBenchmark: Benchmark {
    static let name = "text"

    private struct Timed: Decodable {
        var seconds: Double
        var value: Double
    }

    func run(_ bench: Bench) throws -> [Figure] {
        let script = bench.package.appending(path: "text_peers.py").path
        try bench.run(bench.python, [script, "data", bench.room.path])
        let output = try bench.run(bench.python, [script, "score", bench.room.path]).output
        let theirs = try JSONDecoder().decode([String: Timed].self, from: Data(output.utf8))
        func figure(
            _ key: String, _ work: String, _ peer: String, times: Double, runs: Int, _ body: () throws -> Double
        ) rethrows -> Figure {
            var value = Double.nan
            let spent = try Bench.cpu(times: runs) { value = try body() }
            let known = theirs[key]?.value ?? .nan
            let isSame = abs(value - known) <= 1e-9 * max(1, abs(known))
            return Figure(
                work: work, unit: "CPU s", ours: isSame ? spent : nil, peer: theirs[key]?.seconds, peerName: peer,
                better: .lower, goal: .ratio(1 / times),
                note: "\(isSame ? "equal" : "NOT equal: \(value), \(known)"); "
                    + "\(Table.short((theirs[key]?.seconds ?? .nan) / spent)) times as fast")
        }
        func lines(_ name: String) throws -> TextLines {
            TextLines(splitting: Array(try Data(contentsOf: bench.room.appending(path: name))))
        }
        let (hyp, ref) = (try lines("hyp"), try lines("ref"))
        let (shortHyp, shortRef) = (try lines("rhyp"), try lines("rref"))
        let bytes = Array(try Data(contentsOf: bench.room.appending(path: "ratings.bin")))
        let ratings = Ratings(
            stride(from: 0, to: bytes.count, by: 5).map { start in (0..<5).map { Int(bytes[start + $0]) } },
            categories: 5)
        return [
            try figure("bleu", "corpus BLEU, 100,000 segments", "sacrebleu", times: 50, runs: 5) {
                try Bleu().corpus(hyp, [ref]).score
            },
            try figure("chrf", "corpus chrF, same", "sacrebleu", times: 100, runs: 5) {
                try ChrF().corpus(hyp, [ref])
            },
            try figure("rouge", "ROUGE-1/2/L, stemmed, 10,000 pairs of 60 words", "rouge_score", times: 100, runs: 5) {
                try Rouge(stems: true, kinds: [.rouge1, .rouge2, .rougeL])
                    .corpus(shortHyp, [shortRef])[.rougeL]?.fmeasure ?? .nan
            },
            figure("nominal", "alpha nominal, 100,000 items x 5 people", "krippendorff", times: 10, runs: 9) {
                AgreementCoefficients.alpha(ratings, .nominal) ?? .nan
            },
            figure("ordinal", "alpha ordinal, same", "krippendorff", times: 10, runs: 9) {
                AgreementCoefficients.alpha(ratings, .ordinal) ?? .nan
            },
            figure("kappa", "Cohen's kappa of all ten pairs (the peer: one pair)", "scikit-learn", times: 10, runs: 9) {
                CohenKappa.pairs(ratings).first?.kappa ?? .nan
            },
        ]
    }
}
