import Foundation
import PitModel
import PitParse
import Testing

@testable import PitEngine

private func gpu(_ index: Int, busy: Double? = nil, used: Double? = nil, power: Double? = nil) -> NvidiaReport.GPU {
    .init(index: index, uuid: "GPU-\(index)a0", utilisation: busy, memoryUsed: used, memoryTotal: 100, power: power)
}

/// Two GPUs that are alike, the training being processes 10 and 11.
private func evidence(_ change: (inout GPUEvidence) -> Void) -> Set<String>? {
    var evidence = GPUEvidence()
    evidence.gpus = [gpu(0), gpu(1)]
    evidence.listed = evidence.gpus.map { .init(name: "H100", uuid: $0.uuid) }
    evidence.members = [10, 11]
    evidence.areWorksWhole = true
    change(&evidence)
    return evidence.held()
}

private func devices(_ open: Set<Int> = []) -> TrainingProcesses.Devices {
    var devices = TrainingProcesses.Devices()
    (devices.isDriverOpen, devices.open) = (true, open)
    return devices
}

private let (first, second) = ("GPU-0a0", "GPU-1a0")

@Test("a training holds the GPUs on which the driver sees its processes compute, and none where it sees none of them")
func holdsByNumber() {
    #expect(
        evidence {
            $0.areNumbersTheMachines = true
            $0.works = [.init(pid: 11, gpu: second), .init(pid: 99, gpu: first)]
        } == [second])
    #expect(
        evidence {
            $0.areNumbersTheMachines = true
            $0.works = [.init(pid: 99, gpu: first)]
            // What it may see it does not use.
            $0.environment = ["CUDA_VISIBLE_DEVICES": "0"]
            $0.devices = [10: devices([0, 1])]
        } == [])
    #expect(
        evidence {
            ($0.areNumbersTheMachines, $0.areWorksWhole) = (true, false)
        } == nil, "who is not named may be on a line that was not understood")
    #expect(
        evidence {
            $0.areNumbersTheMachines = true
            $0.works = [.init(pid: 10, gpu: "MIG-1")]
        } == nil, "how much of a GPU a part is is not said")
    #expect(
        evidence {
            $0.areNumbersTheMachines = true
            $0.works = [.init(pid: 10, gpu: first)]
            $0.listed[0].isParted = true
        } == nil)
}

@Test("in a container a number may be another's: it counts for a process that has that GPU open alone")
func holdsInContainers() {
    let number: (inout GPUEvidence) -> Void = { $0.works = [.init(pid: 10, gpu: first)] }
    #expect(evidence(number) == nil)
    #expect(
        evidence {
            number(&$0)
            $0.devices = [10: devices([0, 1])]
            $0.minors = [0: first, 1: second]
        } == [first])
    #expect(
        evidence {
            number(&$0)
            $0.devices = [10: devices([5])]
            $0.minors = [5: second, 6: first]
        } == [second], "it has another open")
}

@Test("where the driver names nobody, what may be seen tells, then the single device that is open")
func holdsByDevices() {
    let minors = [4: first, 2: second]
    #expect(
        evidence {
            $0.devices = [10: devices([4, 2]), 11: devices([4, 2])]
            $0.minors = minors
            $0.environment = ["CUDA_VISIBLE_DEVICES": "1"]
        } == [second])
    #expect(
        evidence {
            $0.devices = [10: devices([4])]
            $0.minors = minors
        } == [first])
    #expect(
        evidence {
            $0.devices = [10: devices([4, 2])]
            $0.minors = minors
        } == nil, "a program opens all of them to look at what there is")
    #expect(evidence { $0.devices = [10: devices([7])] } == nil, "nobody tells which it is")
    #expect(
        evidence {
            $0.gpus = [gpu(0)]
            $0.devices = [10: devices([2])]
            $0.nodes = [2]
        } == [first], "it is all that there are")
}

@Test(
    "CUDA_VISIBLE_DEVICES counts as CUDA reads it, for processes that use the driver, where its order is known",
    arguments: [
        ("0", [first]), ("1,0", [first, second]), (" 1 , 7, 0", [second]), ("GPU-1", [second]), ("GPU-", []),
        ("", []), ("-1", []), ("NoDevFiles", []), ("MIG-GPU-0/1/0", nil), ("0,MIG-1", nil),
    ] as [(String, Set<String>?)])
func holdsByEnvironment(words: String, expected: Set<String>?) {
    let environment = ["CUDA_VISIBLE_DEVICES": words]
    #expect(evidence { $0.environment = environment } == nil, "nothing of it uses the driver")
    let found = evidence {
        $0.environment = environment
        $0.devices = [10: devices()]
    }
    #expect(found == expected, "\(words)")
}

@Test("of GPUs that differ, a number tells which one only where CUDA counts them by the bus")
func ordersGPUs() {
    func held(_ order: String?) -> Set<String>? {
        evidence {
            $0.environment = ["CUDA_VISIBLE_DEVICES": "0"]
            $0.environment["CUDA_DEVICE_ORDER"] = order
            $0.devices = [10: devices()]
            $0.listed[1].name = "A10"
        }
    }
    #expect(held(nil) == nil && held("FASTEST_FIRST") == nil && held("PCI_BUS_ID") == [first])
}

@Test(
    "a training's processes are its group, all that descends from it, and what lost its parent in the keeper's session")
func findsProcesses() {
    typealias Row = TrainingProcesses.Row
    let rows = [
        Row(1, parent: 0, group: 1, session: 1), Row(50, parent: 1, group: 50, session: 50),
        Row(60, parent: 50, group: 60, session: 50), Row(61, parent: 60, group: 60, session: 50),
        Row(62, parent: 61, group: 62, session: 62), Row(63, parent: 62, group: 62, session: 62),
        Row(64, parent: 1, group: 64, session: 50), Row(65, parent: 50, group: 65, session: 50),
        Row(66, parent: 1, group: 60, session: 99), Row(70, parent: 1, group: 70, session: 70),
        // A ring, as it may look when numbers are given anew while they are read.
        Row(80, parent: 81, group: 60, session: 50), Row(81, parent: 80, group: 81, session: 81),
    ]
    #expect(
        TrainingProcesses.members(of: 60, keeper: 50, among: rows) == [60, 61, 62, 63, 64, 66, 80, 81],
        "not the keeper, nor what it asks")
    #expect(TrainingProcesses.members(of: 60, keeper: -1, among: []) == [60])
    #expect(TrainingProcesses.all().contains { $0.pid == getpid() && $0.parent == getppid() && $0.group == getpgrp() })
}

@Test("how busy GPUs were is the mean over the time that they were held, and what was not measured is not in it")
func metersGPUs() throws {
    func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: seconds) }
    var meter = GPUMeter(pause: 10)
    #expect(meter.usage.shares.isEmpty)
    meter.take([gpu(0, busy: 0.9, used: 40, power: 300), gpu(1, busy: 0.1, used: 90)], held: [first], at: at(100))
    #expect(meter.usage.utilisation == nil && meter.usage.gpus == 1 && meter.usage.memory?.used == 40)
    meter.take([gpu(0, used: 70), gpu(1, busy: 1)], held: [first, second], at: at(110))
    #expect(meter.usage.utilisation == 0.9 && meter.usage.energy == 3000)
    // Nobody knows how busy the first was until now; the second one was all the time.
    meter.take([gpu(0, busy: 0.3, used: 20), gpu(1, busy: 0.5)], held: [first, second], at: at(140))
    #expect(meter.usage.utilisation == 39.0 / 40)
    meter.take([gpu(0, busy: 1), gpu(1, busy: 1)], held: [first], at: at(150))
    #expect(meter.usage.hours(at: at(160)) * 3600 == 60 + 30 && meter.usage.gpus == 2)
    meter.close(at: at(155))
    #expect(meter.usage.hours(at: at(999)) * 3600 == 55 + 30)
    let mean = try #require(meter.usage.utilisation)
    // Of the second one, what it was last seen to do held no longer: it was given back then.
    #expect(abs(mean - 47.0 / 55) < 1e-12)
    #expect(meter.usage.memory == .init(used: 70, total: 100) && meter.usage.seenAt == at(150))
}

@Test(
    "one that comes back is held anew, however often; one that nobody could look at to the end counts to the last look")
func metersGaps() {
    func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: seconds) }
    var meter = GPUMeter(pause: 10)
    for turn in 0..<2000 {
        let begin = Double(turn) * 60
        meter.take([gpu(0, busy: 0.5)], held: [first], at: at(begin))
        meter.take([gpu(0, busy: 0.5)], held: [first], at: at(begin + 20))
        meter.take([gpu(0, busy: 0)], held: [], at: at(begin + 30))
    }
    #expect(meter.usage.shares.count == 500 && meter.usage.gpus == 1 && meter.usage.utilisation == 0.5)
    #expect(meter.usage.hours(at: at(1e9)) * 3600 == 2000 * 20)
    // A clock that was set back takes nothing away.
    meter.take([gpu(0)], held: [first], at: at(200_000))
    meter.take([gpu(0)], held: [first], at: at(100_000))
    meter.close(at: at(300_000))
    #expect(meter.usage.hours(at: at(1e9)) * 3600 == 2000 * 20)
    var none = GPUMeter(pause: 10)
    none.close(at: at(9))
    #expect(none.usage.shares.isEmpty)
}
