import Foundation
import PitModel
import PitStore
import PitTestKit
import Testing

@testable import PitEngine

private struct Clock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: Date().timeIntervalSince1970) }
}

/// A desk whose trainings are looked after by a program in place of `nvidia-smi`.
private struct Machine {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-gpu-\(UUID().uuidString)").path
    let desk: TrainingDesk

    /// - Parameters:
    ///   - driver: what that program does, `$HERE` being a folder of its own; nil: there is none.
    ///   - script: what the training does.
    init(_ driver: String?, _ script: String, gpus: Double? = nil) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var settings = GPUWatch.Settings()
        (settings.first, settings.pause, settings.patience) = (0.005, 0.01, 0.3)
        settings.areNumbersTheMachines = true
        settings.program = folder + "/nvidia-smi"
        if let driver {
            try Data("#!/bin/sh\nHERE=\(folder)\n\(driver)\n".utf8).write(to: URL(filePath: settings.program))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: settings.program)
        }
        var template = TrainingTemplate(name: "lora", command: ["/bin/sh", "-c", script, "train", folder])
        template.price = GPUPrice(perHour: 3600, currency: "EUR")
        template.gpus = gpus
        let asked = settings
        desk = TrainingDesk(
            templates: [template], store: try Store.inMemory(), servers: [], state: folder, author: "ana",
            clock: Clock()
        ) { folder throws(TrainingDesk.Fault) in
            Thread.detachNewThread { TrainingKeeper.keep(TrainingFolder(folder), gpus: asked) { Clock().now() } }
            return getpid()
        }
    }

    func ended() async throws -> Training {
        var training = try await desk.start("lora", [:])
        while training.end == nil {
            try await Task.sleep(for: .milliseconds(5))
            training = try desk.training(training.id)
        }
        return training
    }

    func clear() { try? FileManager.default.removeItem(atPath: folder) }
}

/// Two GPUs, on the second of which computes what wrote its number down; the third look is the last.
private let driver = """
    [ -s $HERE/number ] || exit 9
    case "$1" in
    -L)
        echo "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-aa)"
        echo "GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-bb)";;
    --query-gpu=index,uuid,utilization.gpu,memory.used,memory.total,power.draw)
        [ "$2" = --format=csv,noheader,nounits ] || exit 2
        echo x >> $HERE/looks
        echo "0, GPU-aa, 3, 10, 81559, 70.00"
        echo "1, GPU-bb, 80, 40000, 80000, 500.00"
        [ $(wc -l < $HERE/looks) -lt 3 ] || touch $HERE/enough;;
    --query-compute-apps=pid,gpu_uuid,used_memory)
        echo "1, GPU-aa, 10"
        echo "$(cat $HERE/number), GPU-bb, 39000";;
    esac
    """

@Test("while a program of this machine trains, the GPUs that its processes compute on are counted, measured and paid")
func watchesGPUs() async throws {
    let script = "(sh -c 'echo $PPID' > $1/number; while [ ! -e $1/enough ]; do sleep 0.01; done); echo loss=0.5"
    let machine = try Machine(driver, script)
    defer { machine.clear() }
    let training = try await machine.ended()
    #expect(training.end?.kind == .finished)
    let usage = try #require(training.usage)
    #expect(usage.shares.map(\.name) == ["GPU 1"] && usage.shares.allSatisfy { $0.to != nil })
    let used = try #require(training.run([:], at: Clock().now()).usage)
    let utilisation = try #require(used.utilisation)
    #expect(used.gpus == 1 && abs(utilisation - 0.8) < 1e-9 && used.memory?.ratio == 0.5)
    let hours = try #require(used.gpuHours)
    let took = try #require(training.run([:]).duration(at: Clock().now()))
    #expect(hours > 0 && hours * 3600 <= took)
    #expect(used.cost == hours * 3600 && used.currency == "EUR")
    let energy = try #require(used.energy)
    #expect(energy > 0)
    #expect(machine.desk.curves(training.id)["loss"]?.count == 1)
    var lost = training.usage
    lost?.close(at: Clock().now())
    #expect(lost == training.usage, "what was given back stays so")
}

@Test(
    "a driver that is not there, fails, hangs or babbles holds no training up, and nothing is said of GPUs",
    arguments: [
        nil, "echo 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.'; exit 9",
        "exec sleep 60", "sleep 60 & wait", "head -c 3000000 /dev/zero | tr '\\\\0' x",
        "echo 'GPU 0: H100 (UUID: GPU-aa)'; yes '0, GPU-aa'",
    ] as [String?])
func survivesDrivers(words: String?) async throws {
    let isThere = words != nil
    let machine = try Machine(
        words.map { "touch $HERE/asked; \($0)" },
        isThere ? "while [ ! -e $1/asked ]; do sleep 0.01; done; echo loss=0.5" : "sleep 0.05; echo loss=0.5", gpus: 2)
    defer { machine.clear() }
    let training = try await machine.ended()
    #expect(training.end?.kind == .finished)
    #expect(machine.desk.curves(training.id)["loss"]?.count == 1)
    // What the template declares holds.
    #expect(training.usage?.gpus == 2 && training.usage?.seenAt == nil)
}

@Test("a keeper that was killed has not given its GPUs back: they count to when they were last seen")
func losesKeeper() async throws {
    let store = try Store.inMemory()
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-gpu-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let desk = TrainingDesk(
        templates: [TrainingTemplate(name: "lora", command: ["true"])], store: store, servers: [], state: folder,
        author: "ana", clock: Clock()
    ) { _ throws(TrainingDesk.Fault) in 0 }
    let begun = try await desk.start("lora", [:])
    var usage = TrainingUsage([.init(id: "GPU-aa", name: "GPU 0", gpus: 1, from: begun.at)])
    usage.seenAt = begun.at.advanced(by: 30)
    try desk.folder(begun.id).write(usage, "usage.json")
    let lost = try desk.training(begun.id)
    #expect(lost.end?.kind == .lost && lost.used(at: begun.at.advanced(by: 9999))?.gpuHours == 30.0 / 3600)
}

@Test("what is asked of a program is bounded in time and size, and its whole group ends with it")
func boundsPrograms() {
    typealias Answer = ProgramStart.Answer
    func ask(_ script: String, _ seconds: Double = 5) -> Answer {
        ProgramStart.answer(["/bin/sh", "-c", script], within: seconds, atMost: 100_000)
    }
    #expect(ask("echo a; echo b >&2; exit 3") == .told(Array("a\nb\n".utf8), status: 3))
    #expect(ask("kill -9 $$") == .told([], status: 137))
    // The pipe stays open in what it leaves behind.
    #expect(ask("sleep 60 & echo a") == .told(Array("a\n".utf8), status: 0))
    #expect(ask("sleep 60", 0.02) == .brokenOff(remains: nil))
    #expect(ask("yes") == .brokenOff(remains: nil))
    #expect(ask("head -c 200000 /dev/zero") == .brokenOff(remains: nil))
    #expect(ProgramStart.answer(["/nonexistent/nvidia-smi"], within: 5, atMost: 9) == .notStarted)
    #expect(ProgramStart.answer([], within: 5, atMost: 9) == .notStarted)
}
