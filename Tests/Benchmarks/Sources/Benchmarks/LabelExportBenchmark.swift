import Foundation
import PitData
import PitModel
import PitSafety

/// A million judged answers written as datasets, hashed and synced, beside what only copies the same JSON.
struct LabelExportBenchmark: Benchmark {
    static let name = "label-export"

    private static let items = 1_000_000
    /// Different ones; they come again and again, as pages of a store do.
    private static let different = 20_000
    private static let page = 1000

    func run(_ bench: Bench) throws -> [Figure] {
        let items = Self.make()
        let kto = try Self.export(KTOFormat.self, "kto", items, bench)
        let file = "\(bench.room.path)/kto/train.jsonl"
        let jq = try bench.run(
            bench.jq, ["-c", ".", file], into: "\(bench.room.path)/jq")
        let copied = Double(kto.bytes) / 1e6 / jq.cpu
        let orjson = try bench.run(bench.python, [bench.package.appending(path: "label_peers.py").path, file])
        let speeds = try JSONDecoder().decode([String: Double].self, from: Data(orjson.output.utf8))
        var figures = [
            Figure(
                work: "a million labels as KTO rows, SHA-256 and sync included", unit: "MB/CPU s", ours: kto.speed,
                peer: copied,
                peerName: "jq -c .", better: .higher, goal: .ratio(1),
                note: "\(kto.bytes / 1_000_000) MB in \(Table.short(kto.wall)) s"),
            Figure(
                work: "the same", unit: "MB/CPU s", ours: kto.speed, peer: speeds["write"],
                peerName: "orjson, writing objects",
                better: .higher, goal: .none, note: "it reads them at \(Table.short(speeds["read"] ?? .nan)) MB/CPU s"),
        ]
        let others: [(name: String, format: any LabelFormat.Type, change: (inout LabelExportOptions) -> Void)] = [
            ("kto in two splits", KTOFormat.self, { $0.split = (try? DatasetSplit("train=0.9,test=0.1")) ?? .whole }),
            ("kto, every kind of private text taken out", KTOFormat.self, { $0.redact = Redaction.Kind.allCases }),
            ("labelstudio", LabelStudioFormat.self, { _ in }), ("csv", CSVFormat.self, { _ in }),
        ]
        for other in others {
            let done = try Self.export(other.format, "other", items, bench, other.change)
            figures.append(
                Figure(
                    work: "a million labels: \(other.name)", unit: "MB/CPU s", ours: done.speed, better: .higher,
                    goal: .none,
                    note: "\(done.bytes / 1_000_000) MB in \(Table.short(done.wall)) s"))
        }
        figures.append(
            Figure(
                work: "all of these", unit: "MB resident at most", ours: Bench.resident(peak: true).map { $0 / 1e6 },
                better: .lower, goal: .value(200)))
        return figures
    }

    private struct Done {
        var bytes: Int
        var cpu: Double
        var wall: Double
        var speed: Double { Double(bytes) / 1e6 / cpu }
    }

    private static func export(
        _ format: any LabelFormat.Type, _ name: String, _ items: [JudgedItem], _ bench: Bench,
        _ change: (inout LabelExportOptions) -> Void = { _ in }
    ) throws -> Done {
        var options = LabelExportOptions(license: "mit", rubrics: [rubric], version: "0")
        change(&options)
        let (before, began) = (Bench.cpu, ContinuousClock().now)
        let export = try LabelExport(format, options, folder: "\(bench.room.path)/\(name)")
        for _ in 0..<(Self.items / different) {
            for start in stride(from: 0, to: different, by: page) {
                try export.take(Array(items[start..<start + page]))
            }
        }
        let summary = try export.finish()
        return Done(
            bytes: summary.bytes, cpu: Bench.cpu - before, wall: (ContinuousClock().now - began) / .seconds(1))
    }

    private static let rubric = Rubric(
        name: "thumbs", title: "Good or bad",
        questions: [
            RubricQuestion(
                "quality", title: "Good or bad",
                kind: .choice([RubricChoice("good", isGood: true), RubricChoice("bad", isGood: false)]))
        ])

    /// Chats of a system prompt, 25 words and 60 words of answer, one in five judged bad.
    private static func make() -> [JudgedItem] {
        let words = """
            the answer that you asked for is in the "second" part of the manual which says: a reservation disappears within \
            five days\\nand nothing need be done until then “unless” it was charged twice
            """.replacing("\\n", with: "\n").split(separator: " ")
        var state: UInt64 = 7
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        func text(_ count: Int) -> String { (0..<count).map { _ in words[random(words.count)] }.joined(separator: " ") }
        return (0..<different).map { number in
            let (id, at) = ("chat-log/\(number)", Timestamp(seconds: 1_760_000_000 + Double(number)))
            let target = JudgedTarget(
                connection: ConnectionName("chat-log"), interaction: "\(number)", model: ModelName("support-chat"),
                release: "r14", at: at, textHash: String(repeating: "0", count: 64),
                messages: [.init("system", "You help customers."), .init("user", text(25))], answers: [text(60)])
            return JudgedItem(
                id: id, queue: "nightly", target: target,
                judgements: [
                    Judgement(
                        id: "\(number)", at: at, author: "ana", queue: "nightly", item: id, rubric: rubric.reference,
                        question: "quality", value: .choice(random(5) == 0 ? "bad" : "good"), seconds: 2)
                ])
        }
    }
}

extension Bench {
    var jq: String {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/jq") ? "/usr/bin/jq" : debian("usr/bin/jq")
    }

    /// Runs a command whose output goes to a file.
    func run(_ program: String, _ arguments: [String], into file: String) throws -> Outcome {
        let line = ["-c", "exec \"$0\" \"$@\" > '\(file)'", program] + arguments
        guard program.hasPrefix(cache.path) else { return try run("/bin/sh", line) }
        return try run("/usr/bin/env", [libraries, "/bin/sh"] + line)
    }
}
