import Foundation
import PitStatistics

/// Statistics of two samples of a million beside SciPy's and NumPy's, and a report of fifty columns beside Evidently's.
struct StatisticsBenchmark: Benchmark {
    static let name = "statistics"

    private struct Timed: Decodable {
        var seconds: Double
        var value: Double
    }

    private struct Report: Decodable {
        var wall: Double
        var cpu: Double
        var drifted: Double
        var peak: Double
    }

    func run(_ bench: Bench) throws -> [Figure] {
        let script = bench.package.appending(path: "statistics_peers.py").path
        func peer(_ verb: String) throws -> Data {
            Data(try bench.run(bench.python, [script, verb, bench.room.path]).output.utf8)
        }
        _ = try peer("data")
        let theirs = try JSONDecoder().decode([String: Timed].self, from: peer("scipy"))
        let (a, b) = (try Self.numbers(bench, "a.bin"), try Self.numbers(bench, "b.bin"))
        return try Self.statistics(a, b, theirs)
            + report(bench, JSONDecoder().decode(Report.self, from: peer("evidently")))
    }

    private static func numbers(_ bench: Bench, _ name: String) throws -> [Double] {
        let data = try Data(contentsOf: bench.room.appending(path: name))
        return data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    }

    private static func statistics(_ a: [Double], _ b: [Double], _ theirs: [String: Timed]) throws -> [Figure] {
        func figure(_ key: String, _ work: String, _ peerName: String, times: Double, _ body: () -> Double) -> Figure {
            var value = Double.nan
            let spent = Bench.cpu(times: 7) { value = body() }
            let peer = theirs[key]
            let off = abs(value - (peer?.value ?? .nan)) / max(1e-300, abs(peer?.value ?? .nan))
            return Figure(
                work: work, unit: "CPU s", ours: off <= 1e-9 ? spent : nil, peer: peer?.seconds, peerName: peerName,
                better: .lower, goal: .ratio(1 / times),
                note:
                    "values differ by \(Table.short(off)) of themselves; \(Table.short((peer?.seconds ?? 0) / spent)) times as fast"
            )
        }
        return [
            figure("ks", "KS two-sample, 1M x 1M", "scipy.stats.ks_2samp", times: 8) {
                KolmogorovSmirnov.compare(OrderedValues(a), OrderedValues(b))?.statistic ?? .nan
            },
            figure("wasserstein", "Wasserstein, same data", "scipy.stats.wasserstein_distance", times: 8) {
                WassersteinDistance.distance(OrderedValues(a), OrderedValues(b)) ?? .nan
            },
            figure("psi", "PSI, 10 quantile bins, same data", "NumPy", times: 4) {
                let edges = Binning.quantileEdges(a)
                return PopulationStability.plain(Binning.counts(a, edges: edges), Binning.counts(b, edges: edges))
            },
            figure("js", "JS distance, 50 bins, same data", "NumPy and SciPy", times: 4) {
                guard let x = Binning.range(a), let y = Binning.range(b) else { return .nan }
                let (low, high) = (min(x.lowerBound, y.lowerBound), max(x.upperBound, y.upperBound))
                return JensenShannon.distance(
                    Binning.uniformCounts(a, from: low, to: high, bins: 50),
                    Binning.uniformCounts(b, from: low, to: high, bins: 50))
            },
        ]
    }

    /// The whole program, reading the files included; Evidently's figures include reading them, too, but not starting.
    private func report(_ bench: Bench, _ theirs: Report) throws -> [Figure] {
        let peak = try bench.c("peak")
        let (file, rows) = (bench.room.appending(path: "spent").path, bench.room.appending(path: "rows.json").path)
        var (walls, cpus, peaks, drifted): ([Double], [Double], [Double], Int) = ([], [], [], 0)
        for _ in 0..<5 {
            let words = "\"$0\" \"$@\" > \(rows)"
            let program = [
                peak, file, bench.pitwall, "drift", "compare", "reference.csv", "current.csv", "-o", "json",
            ]
            try bench.run("/bin/sh", ["-c", words] + program, isChecked: false)
            let spent = try String(contentsOfFile: file, encoding: .utf8).split(separator: " ").compactMap {
                Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            guard spent.count == 3 else { throw Bench.Failure(description: "no figures of drift compare") }
            (walls, cpus, peaks) = (walls + [spent[0]], cpus + [spent[1]], peaks + [spent[2]])
            let found = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: rows)))
            drifted = (found as? [[String: Any]] ?? []).count { $0["drifted"] as? Bool ?? false }
        }
        let same = drifted == Int(theirs.drifted)
        let note = "\(drifted) columns drifted, by Evidently \(Int(theirs.drifted))"
        func figure(_ unit: String, _ ours: Double, _ peer: Double, _ share: Double) -> Figure {
            Figure(
                work: "drift of 50 columns x 100,000 rows", unit: unit, ours: same ? ours : nil, peer: peer,
                peerName: "Evidently DataDriftPreset", better: .lower, goal: .ratio(share),
                note: "\(note); \(Table.short(peer / ours)) times less")
        }
        return [
            figure("s", Bench.median(walls), theirs.wall, 0.01),
            figure("CPU s", Bench.median(cpus), theirs.cpu, 0.01),
            figure("bytes", peaks.max() ?? .nan, theirs.peak, 0.1),
        ]
    }
}
