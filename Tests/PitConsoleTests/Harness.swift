import Foundation
import PitConsole
import PitGrid
import PitModel
import Testing

/// Drives a console without a terminal and photographs it.
struct Harness {
    var console: Console
    let size: Size
    /// What the console asked to be done outside.
    var effects: [Effect] = []
    /// Seconds: a hand moves it on from key to key.
    var clock = 1000.0

    init(
        _ world: Snapshot, screen: String = "fleet", subject: String? = nil, size: Size = Size(120, 36),
        settings: ConsoleSettings = ConsoleSettings(author: "ana"), rows: WorldRows? = nil
    ) {
        self.size = size
        console = Console(settings: settings, start: "fleet")
        take(console.handle(.tick(noon)))
        take(console.resize(size))
        take(console.handle(.world(world, rows: rows)))
        take(console.open(screen, subject: subject))
        effects = []
    }

    /// Answers what the console wants to know at once, and keeps the rest.
    private mutating func take(_ new: [Effect]) {
        for effect in new {
            switch effect {
            case .load(let query): take(console.handle(.history(query, history(for: query))))
            case .read(let query):
                take(console.handle(.exchanges(query, exchanges(for: query, in: console.world.snapshot))))
            case .loadAlert(let query): take(console.handle(.alertPast(query, Worlds.past(of: query))))
            case .evaluate(let query):
                let isEmpty = console.world.snapshot.models.isEmpty
                let page = isEmpty ? EvaluationPage(runs: []) : EvaluationWorlds.page(query)
                take(console.handle(.evaluation(query, page)))
            case .survey(let query):
                let isEmpty = console.world.snapshot.models.isEmpty
                take(console.handle(.surveyed(query, isEmpty ? DatasetPage(datasets: []) : DatasetWorlds.page(query))))
            case .review(let version):
                let isEmpty = console.world.snapshot.models.isEmpty
                take(console.handle(.reviewed(version, isEmpty ? ReviewWorlds.lost : ReviewWorlds.page)))
            case .lookUp(let question):
                for page in KnowledgeWorlds.pages(question) { take(console.handle(.knowledge(page))) }
                effects.append(effect)
            case .loadRuns(let query):
                let isEmpty = console.world.snapshot.models.isEmpty
                let page = isEmpty ? RunPage(hasSource: false) : RunWorlds.page(query)
                take(console.handle(.runs(query, page)))
            case .loadPipelines(let query):
                let isEmpty = console.world.snapshot.models.isEmpty
                let page = isEmpty ? PipelinePage(hasSource: false) : PipelineWorlds.page(query)
                take(console.handle(.pipelines(query, page)))
            case .readPrompts(let query):
                let isEmpty = console.world.snapshot.models.isEmpty
                take(console.handle(.prompts(query, isEmpty ? PromptPage() : PromptWorlds.page(query))))
            case .inspect(let query): take(console.handle(.inspected(query, answer(query))))
            default: effects.append(effect)
            }
        }
    }

    mutating func press(_ keys: String) {
        for key in keys.split(separator: " ") {
            clock += 0.2
            take(console.handle(.input(.key(Key(String(key))), at: clock)))
        }
    }

    /// Keys that a machine sends: all in one read.
    mutating func burst(_ text: String, thenPress key: Key? = nil) {
        clock += 1
        let keys = text.map { Key($0 == " " ? "space" : String($0)) } + (key.map { [$0] } ?? [])
        for key in keys { take(console.handle(.input(.key(key), at: clock))) }
    }

    mutating func type(_ text: String) {
        for character in text {
            clock += 0.12
            take(console.handle(.input(.key(Key(character == " " ? "space" : String(character))), at: clock)))
        }
    }

    /// What a connector would say of two revisions.
    private func answer(_ query: DeploymentQuery) -> DeploymentAnswer {
        guard case .changes(let id, _, _) = query,
            let state = console.world.snapshot.deployments.first(where: { $0.id == id })
        else { return .read }
        return .changes(state.changes.first?.value ?? [])
    }

    mutating func send(_ event: Console.Event) { take(console.handle(event)) }

    var frame: Frame { console.draw(size) }
    var text: String { frame.plainText }
}

/// Compares with a file of `Golden/`; `PITWALL_RECORD=1` writes it instead.
func expectGolden(_ frame: Frame, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = goldenFolder.appending(path: name + ".txt")
    if ProcessInfo.processInfo.environment["PITWALL_RECORD"] != nil {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try frame.golden.write(to: file, atomically: true, encoding: .utf8)
        return
    }
    let wanted = try? String(contentsOf: file, encoding: .utf8)
    #expect(wanted != nil, "\(name) was never recorded: PITWALL_RECORD=1 swift test", sourceLocation: sourceLocation)
    #expect(
        frame.golden == wanted ?? "", "\(name) differs: PITWALL_RECORD=1 swift test accepts it",
        sourceLocation: sourceLocation)
}

let goldenFolder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

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
