import Foundation
import PitModel
import PitStore

/// The same samples in our cache, in Prometheus' blocks and in a plain table of SQLite: what they take, what it costs to
/// put them there, and to read a week of one series.
struct StoreBenchmark: Benchmark {
    static let name = "store"
    private static let start = Timestamp(seconds: 1_800_000_000)

    func run(_ bench: Bench) throws -> [Figure] {
        [try size(bench)] + (try inserts(bench)) + [try range(bench)]
    }

    private func fill(
        _ store: Store, _ server: inout SyntheticServer, moments: Int, series: Int = .max, source: String = "server"
    ) throws -> Int {
        let ids = try server.keys.prefix(series).map { try store.seriesID(for: $0, source: source) }
        for moment in 0..<moments {
            server.step()
            let at = Self.start.advanced(by: Double(moment) * SyntheticServer.interval)
            try store.append(source: source, at: at, ids: ids, values: Array(server.values.prefix(series)))
            // As the engine does: every half minute.
            if moment % 2 == 1 { try store.flush() }
        }
        try store.flush()
        return ids.count * moments
    }

    /// Four hours, and what Prometheus' own tool makes of the same in blocks.
    private func size(_ bench: Bench) throws -> Figure {
        let moments = 960
        let store = try Store.open(folder: bench.room.appending(path: "size").path)
        var server = SyntheticServer(seed: 11)
        let samples = try fill(store, &server, moments: moments)
        try store.prune(now: Self.start.advanced(by: Double(moments) * SyntheticServer.interval + 8000))
        let kept = try store.statistics()
        let blocks = try blocks(bench, "size", moments: moments, series: .max, seed: 11)
        return Figure(
            work: "keep \(server.keys.count) series of a server for 4 h at 15 s", unit: "bytes/sample",
            ours: Double(kept.blockBytes) / Double(samples), peer: Double(blocks.bytes) / Double(samples),
            peerName: "Prometheus' blocks, index and all", better: .lower, goal: .value(1.3),
            note: "\(Table.short(Double(kept.bytes) / Double(samples))) with all that the file holds")
    }

    /// Makes Prometheus' blocks of the same samples.
    private func blocks(
        _ bench: Bench, _ name: String, moments: Int, series: Int, seed: UInt64
    ) throws -> (folder: URL, bytes: Int) {
        let text = bench.room.appending(path: "\(name).om")
        _ = FileManager.default.createFile(atPath: text.path, contents: nil)
        let file = try FileHandle(forWritingTo: text)
        var server = SyntheticServer(seed: seed)
        // The format wants the samples of a metric together: each series has its own pass over the moments.
        var columns = Array(repeating: [Double](), count: min(series, server.keys.count))
        for _ in 0..<moments {
            server.step()
            for index in columns.indices { columns[index].append(server.values[index]) }
        }
        let order = columns.indices.sorted { server.keys[$0].name < server.keys[$1].name }
        for index in order {
            let key = server.keys[index]
            let labels = key.labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
            var lines = ""
            for (moment, value) in columns[index].enumerated() {
                let at = Self.start.seconds + Double(moment) * SyntheticServer.interval
                lines += "\(key.name){\(labels)} \(value) \(Int(at))\n"
            }
            file.write(Data(lines.utf8))
        }
        file.write(Data("# EOF\n".utf8))
        try file.close()
        let folder = bench.room.appending(path: "\(name)-blocks")
        try bench.run(
            bench.debian("usr/bin/promtool"),
            ["tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=168h", text.path, folder.path])
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
        var bytes = 0
        while let url = files?.nextObject() as? URL {
            bytes += try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        }
        return (folder, bytes)
    }

    /// A row a sample, by the C API, against ours, flushes and compaction included.
    private func inserts(_ bench: Bench) throws -> [Figure] {
        let moments = 480
        var samples = 0
        let ours = try (0..<3).map { turn in
            let store = try Store.open(folder: bench.room.appending(path: "insert-\(turn)").path)
            var server = SyntheticServer(seed: 5)
            var idle = server
            let stepping = Bench.cpu(times: 1) { for _ in 0..<moments { idle.step() } }
            return try Bench.cpu(times: 1) { samples = try fill(store, &server, moments: moments) } - stepping
        }
        let rows = try bench.c("sqliterows", libraries: ["sqlite3"])
        func peer(_ kind: String) throws -> Double {
            let costs = try (0..<3).map { turn in
                try Double(
                    bench.run(rows, [bench.room.appending(path: "\(kind)-\(turn).db").path, kind, "\(samples)", "543"])
                        .output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? .nan
            }
            return Double(samples) / Bench.median(costs) / 1e6
        }
        let rate = Double(samples) / Bench.median(ours) / 1e6
        return [
            Figure(
                work: "insert \(samples) samples", unit: "M samples/CPU s", ours: rate, peer: try peer("keyed"),
                peerName: "SQLite's C API, a row a sample by (series, time)", better: .higher, goal: .ratio(10),
                note: "flushed every 30 s, compacted"),
            Figure(
                work: "insert \(samples) samples", unit: "M samples/CPU s", ours: rate, peer: try peer("plain"),
                peerName: "the same without a key", better: .higher, goal: .none),
        ]
    }

    /// A week of one series at fifteen seconds.
    private func range(_ bench: Bench) throws -> Figure {
        let (moments, series) = (7 * 5760, 30)
        let store = try Store.open(folder: bench.room.appending(path: "range").path)
        var server = SyntheticServer(seed: 3)
        _ = try fill(store, &server, moments: moments, series: series)
        let end = Self.start.advanced(by: Double(moments - 1) * SyntheticServer.interval)
        let id = try store.seriesID(for: server.keys[3], source: "server")
        var points = 0
        let ours = try (0..<15).map { _ in
            let began = ContinuousClock().now
            let column = try store.points(source: "server", id, from: Self.start, to: end)
            points = column.count
            // A chart's two hundred columns, the mean of each.
            var sums = Array(repeating: 0.0, count: 200)
            var counts = Array(repeating: 0.0, count: 200)
            let width = end.since(Self.start) / 200
            for point in column {
                let place = min(199, Int(point.at.since(Self.start) / width))
                sums[place] += point.value
                counts[place] += 1
            }
            keep(zip(sums, counts).map { $0 / $1 })
            return (ContinuousClock().now - began) / .milliseconds(1)
        }
        guard points == moments else { throw Bench.Failure(description: "\(points) of \(moments) points came back") }
        let peer = try prometheusRange(bench, moments, series, server.keys[3])
        return Figure(
            work: "read a week of a series at 15 s, for a chart", unit: "ms", ours: Bench.median(ours), peer: peer,
            peerName: "Prometheus query_range over HTTP", better: .lower, goal: .ratio(0.2),
            note: "\(points) points, from Prometheus in four answers; medians of 15")
    }

    private func prometheusRange(_ bench: Bench, _ moments: Int, _ series: Int, _ key: SeriesKey) throws -> Double {
        let folder = try blocks(bench, "range", moments: moments, series: series, seed: 3).folder
        let peer = try PrometheusPeer(
            bench, data: folder, scrape: "scrape_configs: []", more: ["--storage.tsdb.retention.time=100y"])
        defer { peer.stop() }
        let labels = key.labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
        // It gives at most 11,000 points at once: the week comes in four pieces.
        let pieces = 4
        let width = Double(moments / pieces) * SyntheticServer.interval
        var times: [Double] = []
        for _ in 0..<15 {
            var whole = 0.0
            for piece in 0..<pieces {
                let from = Self.start.advanced(by: Double(piece) * width)
                let to = from.advanced(by: width - SyntheticServer.interval)
                let answer = try bench.run(
                    bench.curl,
                    [
                        "-sS", "-G", "--noproxy", "*", "-o", bench.room.appending(path: "answer").path, "-w",
                        "%{time_total} %{size_download}", "\(peer.url)/api/v1/query_range", "--data-urlencode",
                        "query=\(key.name){\(labels)}", "-d", "start=\(from.seconds)", "-d", "end=\(to.seconds)", "-d",
                        "step=\(Int(SyntheticServer.interval))",
                    ]
                ).output.split(separator: " ").compactMap { Double($0) }
                guard answer.count == 2, answer[1] > 100_000 else {
                    throw Bench.Failure(description: "Prometheus answered \(answer)")
                }
                whole += answer[0] * 1000
            }
            times.append(whole)
        }
        return Bench.median(times)
    }
}
