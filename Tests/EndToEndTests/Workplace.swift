import Foundation
import PitTestKit

/// A person's folders for a test: what is configured, what is kept. Gone with it.
final class Workplace: Sendable {
    let folder: URL

    init(_ name: String) {
        folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-\(name)-\(UUID().uuidString)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func pitwall(_ words: String...) throws -> Command.Output {
        try Command(
            [Peers.program] + words,
            environment: [
                "XDG_STATE_HOME": folder.appending(path: "state").path, "USER": "ana", "LC_ALL": "C.UTF-8",
                "XDG_CONFIG_HOME": folder.path,
            ]
        ).run()
    }

    func write(_ name: String, _ text: String) throws -> String {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }
}
