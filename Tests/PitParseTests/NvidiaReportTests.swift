import PitParse
import Testing

private typealias GPU = NvidiaReport.GPU
private let mebibyte = 1_048_576.0

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Test("each GPU is a line; what cannot be told of one is not known, and complaints between the lines are none")
func readsGPUs() {
    let found = NvidiaReport.gpus(
        bytes(
            """
            Unable to determine the device handle for GPU2: 0000:65:00.0: Unknown Error
            0, GPU-5d5ba0d6-a1b2, 87, 62451, 81559, 412.83
            1, GPU-7c00-ffff, [N/A], [N/A], 81559, [Not Supported]
            3, GPU-7c01-ffff, 0, 4, 81559, [Unknown Error]\r
            3, GPU-7c01-ffff, 50, 4, 81559, 1
            4, GPU-????????-????, 0, 4, 81559, 1
            5, GPU-aa, 101, 4, 0, -3
            , GPU-bb, 1, 4, 0, 3
            6, GPU-cc, 1, 4, 0

            """))
    #expect(
        found == [
            GPU(
                index: 0, uuid: "GPU-5d5ba0d6-a1b2", utilisation: 0.87, memoryUsed: 62451 * mebibyte,
                memoryTotal: 81559 * mebibyte, power: 412.83),
            GPU(index: 1, uuid: "GPU-7c00-ffff", memoryTotal: 81559 * mebibyte),
            GPU(
                index: 3, uuid: "GPU-7c01-ffff", utilisation: 0, memoryUsed: 4 * mebibyte,
                memoryTotal: 81559 * mebibyte),
            GPU(index: 5, uuid: "GPU-aa", memoryUsed: 4 * mebibyte),
        ])
}

@Test(
    "a driver that is not there tells of no GPU",
    arguments: [
        "", "No devices were found\n",
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver"
            + " is installed and running.\n\n",
        "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.90\n",
        "Field \"mig.mode.current\" is not a valid field to query.\n",
    ])
func readsNoGPU(words: String) {
    #expect(NvidiaReport.gpus(bytes(words)).isEmpty && NvidiaReport.list(bytes(words)).isEmpty)
    #expect(NvidiaReport.works(bytes(words)).isWhole == words.isEmpty)
}

@Test("who computes is told by number and GPU; where a line is not understood, who is not named may still be there")
func readsWorks() {
    let (works, isWhole) = NvidiaReport.works(
        bytes("4711, GPU-aa-1, 61234\n4711, GPU-aa-2, [N/A]\n99, MIG-GPU-aa/7/0, 12\n"))
    #expect(isWhole)
    #expect(
        works == [
            .init(pid: 4711, gpu: "GPU-aa-1"), .init(pid: 4711, gpu: "GPU-aa-2"), .init(pid: 99, gpu: "MIG-GPU-aa/7/0"),
        ])
    for words in ["[Not Supported]\n", "0, GPU-aa, 1\n", "99999999999, GPU-aa, 1\n", "-4, GPU-aa, 1\n", "7, aa, 1\n"] {
        let (none, isWhole) = NvidiaReport.works(bytes(words))
        #expect(none.isEmpty && !isWhole, "\(words)")
    }
    #expect(NvidiaReport.works([]) == ([], true))
}

@Test("the list says which GPUs are parted, and the driver's file which device a GPU is")
func readsList() throws {
    let found = NvidiaReport.list(
        bytes(
            """
            GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5c89852c-d268)
              MIG 3g.20gb     Device  0: (UUID: MIG-GPU-5c89852c-d268/7/0)
              MIG 1g.5gb      Device  1: (UUID: MIG-e1b1)
            GPU 1: Odd (Name) (UUID: GPU-77)
            GPU x: Odd (UUID: GPU-78)
            GPU 2: Odd (UUID: GPU-)
            """))
    #expect(
        found == [
            .init(name: "NVIDIA A100-SXM4-40GB", uuid: "GPU-5c89852c-d268", isParted: true),
            .init(name: "Odd (Name)", uuid: "GPU-77"),
        ])
    let about =
        "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 18\nGPU UUID: \t GPU-5c89\nDevice Minor: \t 3\nGPU Excluded:\t No\n"
    let device = try #require(NvidiaReport.device(bytes(about)))
    #expect(device.minor == 3 && device.uuid == "GPU-5c89")
    #expect(NvidiaReport.device(bytes("GPU UUID: GPU-????\nDevice Minor: 0\n")) == nil)
}

@Test("whatever a program of that name writes, it is read in bounded space, and no number is made of it that is none")
func readsRubbish() {
    var random = Seeded(state: 12)
    let pieces = [
        "0", "7", "GPU-ab", "MIG-1", ",", ", ", "\n", "\r\n", "[N/A]", "nan", "inf", "0x10", "1e9", "-1", "\u{1B}[2J",
        "é",
        "GPU 0: a (UUID: ", ")", "MIG ", "Device Minor:", "99999999999999999999", "\0", "(", ":",
    ]
    for _ in 0..<600 {
        var text: [UInt8] = []
        for _ in 0..<Int.random(in: 0..<24, using: &random) {
            text +=
                Bool.random(using: &random)
                ? bytes(pieces.randomElement(using: &random) ?? "") : [UInt8.random(in: 0...255, using: &random)]
        }
        for gpu in NvidiaReport.gpus(text) {
            #expect(gpu.uuid.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && gpu.index >= 0)
            #expect(gpu.utilisation.map { (0...1).contains($0) } ?? true)
            let amounts = [gpu.memoryUsed, gpu.memoryTotal, gpu.power].compactMap { $0 }
            #expect(amounts.allSatisfy { $0.isFinite && $0 >= 0 })
        }
        #expect(NvidiaReport.works(text).works.allSatisfy { $0.pid > 0 })
        _ = (NvidiaReport.list(text), NvidiaReport.device(text))
    }
    for endless in ["x", ",", "0, GPU-a, ", "GPU 0: "] {
        let text = Array(repeatElement(bytes(endless), count: 100_000 / endless.utf8.count).joined())
        #expect(NvidiaReport.gpus(text).isEmpty && NvidiaReport.list(text).isEmpty)
        #expect(!NvidiaReport.works(text).isWhole && NvidiaReport.device(text) == nil)
    }
    #expect(NvidiaReport.gpus([UInt8](repeating: 0x78, count: 2_000_000)).isEmpty)
    let many = bytes((0..<1100).map { "\($0), GPU-\($0), 1, 1, 1, 1\n" }.joined())
    #expect(NvidiaReport.gpus(many).count == 1024)
}

@Test("what a real driver says while a real training computes (an H200, driver 580.159.04) is read whole")
func readsRealReplies() throws {
    let uuid = "GPU-e0cc4faf-3513-e344-77bc-2539754d547d"
    #expect(
        NvidiaReport.gpus(bytes("0, \(uuid), 100, 1487, 143771, 691.56\n")) == [
            GPU(
                index: 0, uuid: uuid, utilisation: 1, memoryUsed: 1487 * mebibyte, memoryTotal: 143771 * mebibyte,
                power: 691.56)
        ])
    let (works, isWhole) = NvidiaReport.works(bytes("494, \(uuid), 1478\n"))
    #expect(isWhole && works == [.init(pid: 494, gpu: uuid)])
    #expect(
        NvidiaReport.list(bytes("GPU 0: NVIDIA H200 (UUID: \(uuid))\n")) == [.init(name: "NVIDIA H200", uuid: uuid)])
    let about = """
        Model: \t\t NVIDIA H200
        IRQ:   \t\t 41
        GPU UUID: \t \(uuid)
        Video BIOS: \t 96.00.a5.00.1a
        Bus Type: \t PCIe
        DMA Size: \t 52 bits
        DMA Mask: \t 0xfffffffffffff
        Bus Location: \t 0000:00:06.0
        Device Minor: \t 0
        GPU Firmware: \t 580.159.04
        GPU Excluded:\t No

        """
    let device = try #require(NvidiaReport.device(bytes(about)))
    #expect(device.minor == 0 && device.uuid == uuid)
}
