import Foundation
import PitTestKit
import Testing

extension EndToEnd {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../Endurance/endure.py"
    ).standardized.path

    @Test("killed at random moments, nothing that was said to be done is lost or done twice, and nothing needs repair")
    func kills() throws {
        let seed = "\(Int.random(in: 1...1_000_000))"
        let output = try Command(["python3", Self.script, Peers.program, "kills", "20", seed]).run()
        #expect(output.status == 0, "seed \(seed): \(output.text)")
        #expect(output.text.contains("none twice"), "\(output.text)")
    }

    @Test(
        "a full disk, one that cannot be written and a limit on files are told, borne, and gone on from",
        .enabled(if: geteuid() == 0, "it takes root to mount a small disk"))
    func disk() throws {
        let output = try Command(["python3", Self.script, Peers.program, "disk"]).run()
        #expect(output.status == 0, "\(output.text)")
        #expect(output.text.contains("told, borne, and gone on from"), "\(output.text)")
    }
}
