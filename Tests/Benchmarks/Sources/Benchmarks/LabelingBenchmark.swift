import Foundation
import Glibc
import PitConsole
import PitEngine
import PitGrid
import PitModel
import PitStore

/// A key that judges, until the next item is drawn, in a queue of a million: the commit to the disk included, and a bare
/// fsync beside it; all but handing the frame to the terminal, which `keys` measures. `ITEMS` in the environment makes it a smaller one.
struct LabelingBenchmark: Benchmark {
    static let name = "labeling"
    private static let items = ProcessInfo.processInfo.environment["ITEMS"].flatMap { Int($0) } ?? 1_000_000
    private static let keys = 2000

    private struct Clock: WallClock {
        func now() -> Timestamp { Timestamp(seconds: Date().timeIntervalSince1970) }
    }

    func run(_ bench: Bench) throws -> [Figure] {
        let folder = bench.room.appending(path: "labeling").path
        let store = try Store.open(folder: folder)
        let queue = LabelQueue(name: "q", author: "bench", at: Clock().now())
        try store.create(queue, rubric: rubricCatalog[0], items: [])
        let clock = ContinuousClock()
        let filling = try clock.measure {
            for start in stride(from: 0, to: Self.items, by: 10_000) {
                try store.add((start..<min(Self.items, start + 10_000)).map(Self.item), to: "q")
            }
        }
        let times = try Bench.await { try await Self.judge(store) }
        let syncs = try Self.syncs(folder)
        func at(_ share: Double, _ sorted: [Double]) -> Double { sorted[Int(Double(sorted.count - 1) * share)] * 1000 }
        let note =
            "p50 \(Table.short(at(0.5, times))) ms; fsync of 32 KiB: p50 \(Table.short(at(0.5, syncs))), "
            + "p99 \(Table.short(at(0.99, syncs))) ms; queue made in \(Table.short(filling / .seconds(1))) s"
        return [
            Figure(
                work: "key to next item drawn, \(Self.items) items, p99", unit: "ms", ours: at(0.99, times),
                better: .lower,
                goal: .value(8), note: note)
        ]
    }

    private static func item(_ number: Int) -> LabelItem {
        let messages = [Interaction.Message("user", "How do I change the card of subscription \(number)?")]
        let answer = String(repeating: "Open the account, then payment, and add the new card. ", count: 8)
        return LabelItem(
            id: "log/i\(number)",
            target: JudgedTarget(
                connection: ConnectionName("log"), interaction: "i\(number)", model: ModelName("m"),
                release: "r\(number % 2)", at: Timestamp(milliseconds: Int64(number)), textHash: "\(number)",
                messages: messages, answers: [answer]))
    }

    /// Presses a rubric's keys in the console, does what it asks for as the program does, and draws what comes.
    private static func judge(_ store: Store) async throws -> [Double] {
        let desk = LabelDesk(store: store, settings: LabelingSettings(), author: "bench", clock: Clock())
        let size = Size(120, 36)
        var console = Console(settings: ConsoleSettings(glyphs: .unicode))
        _ = console.resize(size)
        _ = console.open("label", subject: "q")
        _ = console.handle(.labelPage(try await desk.page("q")))
        _ = console.draw(size)
        var times: [Double] = []
        let clock = ContinuousClock()
        var typing = Clock().now()
        for number in 0..<keys {
            typing = typing.advanced(by: 0.3)
            _ = console.handle(.tick(typing))
            let start = clock.now
            let effects = console.handle(.input(.key(Key(number % 4 == 0 ? "d" : "k"))))
            var acts = 0
            for case .judge(let act) in effects {
                _ = console.handle(.labelPage(try await desk.perform(act)))
                acts += 1
            }
            _ = console.draw(size)
            times.append((clock.now - start) / .seconds(1))
            guard acts == 1 else { throw Bench.Failure(description: "key \(number) judged \(acts) items") }
        }
        return times.sorted()
    }

    /// What the disk itself takes: as many bytes as an act writes, synced.
    private static func syncs(_ folder: String) throws -> [Double] {
        let file = open(folder + "/bare", O_CREAT | O_WRONLY | O_APPEND, 0o600)
        defer { close(file) }
        let bytes = [UInt8](repeating: 7, count: 32 << 10)
        let clock = ContinuousClock()
        return (0..<500).map { _ in
            let start = clock.now
            _ = write(file, bytes, bytes.count)
            _ = fdatasync(file)
            return (clock.now - start) / .seconds(1)
        }.sorted()
    }
}
