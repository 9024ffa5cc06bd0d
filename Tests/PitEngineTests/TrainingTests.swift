import Foundation
import PitEngine
import PitModel
import PitParse
import PitStatistics
import PitStore
import PitTestKit
import Synchronization
import Testing

private struct Clock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: Date().timeIntervalSince1970) }
}

/// A registry that takes what is told it; a model of a bad name is refused.
private final class Registry: RunRegistering {
    static let about = ConnectorInfo(id: "registry", title: "Registry", summary: "", usualPorts: [])
    let told = Mutex<[String: String]>([:])
    init(_ connection: Connection, http: any HTTP) {}
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "Registry") }
    func register(_ registration: ModelRegistration) async throws(ConnectorFault) -> String {
        told.withLock { $0 = registration.tags }
        guard registration.model != "bad/name" else { throw .rejected("Invalid model name") }
        return registration.tags["pitwall.parameter.lr"] == "0.001" && registration.run == "run-7" ? "4" : "?"
    }
    func begin(
        run name: String, experiment: String, parameters: [String: String], tags: [String: String], at: Timestamp
    ) async throws(ConnectorFault) -> String { "run-7" }
    func end(run: String, _ status: TrainingRun.Status, at: Timestamp) async throws(ConnectorFault) {}
}

private struct NoHTTP: HTTP {
    let address = "none"
    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply { throw .cancelled }
    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply { throw .cancelled }
}

/// A desk whose keepers are threads of this process.
private struct Trainings {
    let store: Store
    let desk: TrainingDesk
    let registry: Registry
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-training-\(UUID().uuidString)").path

    init(_ script: String, _ change: (inout TrainingTemplate) -> Void = { _ in }, isLost: Bool = false) throws {
        var template = TrainingTemplate(
            name: "lora", command: ["/bin/sh", "-c", script, "train", "{lr}"],
            parameters: [.init("lr", .number, standard: "0.001", least: 0)])
        change(&template)
        store = try Store.inMemory()
        let connection = Connection(name: ConnectionName("tracking"), kind: "mlflow", url: "http://tracking:5000")
        registry = Registry(connection, http: NoHTTP())
        desk = TrainingDesk(
            templates: [template], store: store,
            servers: [ConnectedServer(connection, registry)],
            state: folder, author: "ana", clock: Clock()
        ) { folder throws(TrainingDesk.Fault) in
            if isLost { return 0 }
            Thread.detachNewThread { TrainingKeeper.keep(TrainingFolder(folder)) { Clock().now() } }
            return getpid()
        }
    }

    /// Once it has ended.
    func ended(_ id: String) async throws -> Training {
        while true {
            let training = try desk.training(id)
            if training.end != nil { return training }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func clear() { try? FileManager.default.removeItem(atPath: folder) }
}

@Test("a program runs to its end: its metrics, its output, its words each in one piece, all of it audited")
func trainsToItsEnd() async throws {
    let script = """
        echo "lr is $1"
        echo "{'loss': 0.9, 'learning_rate': 1e-05, 'epoch': 0.5}"
        echo '{"step": 20, "loss": 0.4, "eval/f1": NaN}'
        echo "step 30: loss=0.25"
        """
    let trainings = try Trainings(script) { $0.parameters[0] = .init("lr", .text, standard: "x") }
    defer { trainings.clear() }
    let begun = try await trainings.desk.start("lora", ["lr": "a b; $(echo no) {lr}"])
    #expect(begun.id == "lora-1" && begun.process != nil)
    let training = try await trainings.ended(begun.id)
    #expect(training.end?.kind == .finished && training.end?.status == 0)
    #expect(trainings.desk.log(begun.id, lines: 10).first == "lr is a b; $(echo no) {lr}")
    let curves = trainings.desk.curves(begun.id)
    #expect(curves["loss"]?.map(\.value) == [0.9, 0.4, 0.25] && curves["loss"]?.map(\.step) == [0, 20, 30])
    #expect(curves["eval/f1"]?.last?.value.isNaN == true && curves["learning_rate"]?.first?.value == 1e-05)
    let audit = try trainings.store.auditEntries().map(\.what)
    #expect(audit == ["training begun", "training started", "training finished"])
    #expect(try trainings.desk.training(begun.id) == training, "an end is written down once")
    #expect(try trainings.store.auditEntries().count == 3)
}

@Test("a program that fails, or cannot start, says why")
func trainsAndFails() async throws {
    let trainings = try Trainings("echo CUDA out of memory >&2; exit 3")
    defer { trainings.clear() }
    let end = try #require(try await trainings.ended(try await trainings.desk.start("lora", [:]).id).end)
    #expect(end.kind == .failed && end.status == 3 && end.words == "it ended with status 3: CUDA out of memory")
    let nowhere = try Trainings("true") { $0.directory = "/nonexistent" }
    defer { nowhere.clear() }
    let none = try #require(try await nowhere.ended(try await nowhere.desk.start("lora", [:]).id).end)
    #expect(none.kind == .notStarted && none.words.contains("cannot start /bin/sh in /nonexistent: No such file"))
}

@Test("a megabyte without a line's end does no harm, and its end is kept")
func trainsLoudly() async throws {
    let trainings = try Trainings("head -c 1000000 /dev/zero | tr '\\\\0' x; echo; echo loss=0.5; echo done") {
        $0.maxLog = 20_000
    }
    defer { trainings.clear() }
    let id = try await trainings.desk.start("lora", [:]).id
    #expect(try await trainings.ended(id).end?.kind == .finished)
    #expect(trainings.desk.log(id, lines: 2) == ["loss=0.5", "done"])
    #expect(trainings.desk.curves(id)["loss"]?.last?.value == 0.5)
    let path = trainings.desk.folder(id).path
    let sizes = ["output.log", "output.old.log"].compactMap { name in
        (try? FileManager.default.attributesOfItem(atPath: path + "/" + name))?[.size] as? Int
    }
    // One reading of a pipe is never parted.
    #expect(sizes.count == 2 && sizes.allSatisfy { $0 <= 65_536 })
}

@Test("what never ends is ended: when somebody asks, and when its time is over, with all that it has started")
func trainsForEver() async throws {
    let trainings = try Trainings("trap '' HUP; sleep 600 & echo begun; wait")
    defer { trainings.clear() }
    let id = try await trainings.desk.start("lora", [:]).id
    while trainings.desk.log(id, lines: 1) != ["begun"] { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try trainings.desk.stop(id, why: "the loss rises").stopAsked == "ana: the loss rises")
    let training = try await trainings.ended(id)
    #expect(training.end?.kind == .stopped && training.run([:]).status == .stopped)
    let again = #expect(throws: TrainingDesk.Fault.self) { try trainings.desk.stop(id, why: "") }
    #expect(again?.words == "lora-1 is over already: stopped")
    let slow = try Trainings("sleep 600") { $0.timeout = 0.2 }
    defer { slow.clear() }
    #expect(try await slow.ended(try await slow.desk.start("lora", [:]).id).end?.kind == .timedOut)
}

@Test("a keeper that is gone without a word leaves a training that is lost, not one that runs")
func losesTraining() async throws {
    let trainings = try Trainings("true", isLost: true)
    defer { trainings.clear() }
    let id = try await trainings.desk.start("lora", [:]).id
    let training = try trainings.desk.training(id)
    #expect(training.end?.kind == .lost && training.run([:]).status == .lost)
    let own = try #require(ProcessMark(getpid()))
    #expect(own.isAlive && !ProcessMark(pid: own.pid, start: own.start + 1, boot: own.boot).isAlive)
}

@Test("values are checked before anything is written down")
func refusesValues() async throws {
    let trainings = try Trainings("true")
    defer { trainings.clear() }
    for (given, words) in [
        (["lr": "fast"], "`lr` is a number"), (["lr": "-1"], "`lr` is at least 0.0"),
        (["rl": "1"], "`lora` has no parameter `rl`; it has: lr"),
    ] {
        let fault = await #expect(throws: TrainingDesk.Fault.self) { try await trainings.desk.start("lora", given) }
        #expect(fault?.words == words)
    }
    #expect(try trainings.desk.trainings().isEmpty)
    let fault = await #expect(throws: TrainingDesk.Fault.self) {
        try await trainings.desk.register("lora-9", model: "m")
    }
    #expect(fault?.words == "there is no training `lora-9`")
}

@Test("a sweep runs every trial, and ends those early that do badly")
func sweeps() async throws {
    let script = "echo \"step 10 loss=$1\"; if [ $1 = 0.1 ]; then sleep 0.1; else sleep 600; fi"
    let trainings = try Trainings(script)
    defer { trainings.clear() }
    let rule = SuccessiveHalving(first: 10, factor: 3, isHigherBetter: false)
    let sweep = TrainingSweep(desk: trainings.desk, template: "lora", atOnce: 3, rule: ("loss", rule), pause: 0.02)
    let all = try await sweep.run(SweepGrid.all([("lr", ["0.3", "0.1", "0.2"])], most: 9), now: Clock().now())
    #expect(all.count == 3 && all.first?.values["lr"] == "0.1" && all.first?.end?.kind == .finished)
    #expect(all.count { $0.stopAsked?.contains("not among the best") == true } == 2)
    #expect(Set(all.compactMap(\.sweep)).count == 1)
}

@Test("successive halving lets the best share go on, and never what is not a number")
func halving() {
    var rule = SuccessiveHalving(first: 10, factor: 2, isHigherBetter: false)
    #expect(rule.rung(at: 9) == nil && rule.rung(at: 10) == 0 && rule.rung(at: 45) == 2 && rule.step(of: 2) == 40)
    let goesOn = [("a", 0.5), ("b", 0.9), ("c", 0.1), ("d", .nan)].map { rule.goesOn($0.0, at: 0, value: $0.1) }
    #expect(goesOn == [true, false, true, false])
    #expect(SweepGrid.all([("a", ["1", "2"]), ("b", ["x", "y"])], most: 3).count == 3)
    let drawn = SweepGrid.drawn([("a", ["1", "2"]), ("b", ["x", "y"])], count: 10, seed: 7)
    #expect(drawn.count == 4 && Set(drawn).count == 4)
}

@Test(
    "lines that tell no metric are none",
    arguments: ["", "loading model 7B", "{}", "see step by step", "loss", "{'a': 'b'}"])
func noMetric(line: String) { #expect(TrainingLine(line.utf8) == nil) }

@Test("what came of a training is registered with its lineage, and what was refused is written down, too")
func registersTraining() async throws {
    let trainings = try Trainings("echo $MLFLOW_TRACKING_URI $MLFLOW_RUN_ID") {
        $0.connection = ConnectionName("tracking")
    }
    defer { trainings.clear() }
    let id = try await trainings.desk.start("lora", [:]).id
    #expect(try await trainings.ended(id).tracked == RunKey(ConnectionName("tracking"), "run-7"))
    #expect(trainings.desk.log(id, lines: 1) == ["http://tracking:5000 run-7"])
    let nowhere = await #expect(throws: TrainingDesk.Fault.self) { try await trainings.desk.register(id, model: "m") }
    #expect(nowhere?.words == "it is not known where the model's files are")
    let refused = await #expect(throws: TrainingDesk.Fault.self) {
        try await trainings.desk.register(id, model: "bad/name", source: "/m")
    }
    #expect(refused?.words.contains("Invalid model name") == true)
    #expect(try await trainings.desk.register(id, model: "m", source: "/m", tags: ["data": "sha256:ab"]) == "4")
    #expect(try trainings.desk.training(id).registered == "m 4")
    let audit = try trainings.store.auditEntries().map(\.what)
    #expect(
        audit.suffix(4) == ["model registering", "model not registered", "model registering", "model registered"])
}

@Test(
    "which data a training learned from goes with its version by itself: a dataset as it was then, an export's manifest"
)
func dataLineage() async throws {
    let trainings = try Trainings("true") { template in
        template.parameters += ["data", "labels", "epochs"].map { .init($0, .text, standard: "x") }
    }
    defer { trainings.clear() }
    let hash = String(repeating: "ab", count: 32)
    func dataset(_ hash: String, _ age: Double) -> Dataset {
        Dataset(
            name: "chats", hash: hash, rows: 2, bytes: 9, sources: [], author: "ana",
            at: Clock().now().advanced(by: -age))
    }
    _ = try trainings.store.keep(dataset(hash, 3600))
    let export = trainings.folder + "/export"
    try FileManager.default.createDirectory(atPath: export, withIntermediateDirectories: true)
    try Data(#"{"pitwall": "1"}"#.utf8).write(to: URL(filePath: export + "/manifest.json"))
    func tags(_ given: [String: String], later: Bool = false) async throws -> [String: String] {
        let id = try await trainings.desk.start("lora", given).id
        if later { _ = try trainings.store.keep(dataset(String(repeating: "cd", count: 32), -3600)) }
        _ = try await trainings.ended(id)
        _ = try await trainings.desk.register(id, model: "m", source: "/m")
        return trainings.registry.told.withLock { $0 }
    }
    for named in ["chats", "chats@1", hash, "/somewhere/datasets/\(hash).jsonl"] {
        #expect(try await tags(["data": named])["data"] == "sha256:\(hash)", "\(named)")
    }
    #expect(try await tags(["data": "chats", "epochs": "3"])["pitwall.data"] == "chats@1")
    let both = try await tags(["data": "chats", "labels": export + "/train.jsonl"])
    #expect(both["data"]?.hasPrefix("sha256:\(hash), sha256:") == true && both["pitwall.data"] == "chats@1, export")
    #expect(both["data"]?.utf8.count == 2 * 71 + 2)
    #expect(try await tags(["data": "chats"], later: true)["data"] == "sha256:\(hash)", "what came later is not it")
    #expect(try await tags(["data": "none"])["data"] == nil)
}
