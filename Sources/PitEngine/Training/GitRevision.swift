import Foundation

/// Which commit a checkout stands at, read from its files.
enum GitRevision {
    static func read(_ directory: String) -> String? {
        var place = URL(filePath: directory, directoryHint: .isDirectory).standardizedFileURL
        for _ in 0..<20 {
            let git = place.appending(path: ".git")
            if let head = text(git.appending(path: "HEAD")) {
                guard head.hasPrefix("ref: ") else { return hash(head) }
                let name = String(head.dropFirst(5))
                guard !name.contains("..") else { return nil }
                if let loose = text(git.appending(path: name)) { return hash(loose) }
                let packed = text(git.appending(path: "packed-refs"), most: 4 << 20) ?? ""
                return packed.split(separator: "\n").first { $0.hasSuffix(" " + name) }
                    .flatMap { hash(String($0.prefix { $0 != " " })) }
            }
            let parent = place.deletingLastPathComponent()
            if parent.path == place.path { return nil }
            place = parent
        }
        return nil
    }

    private static func hash(_ text: String) -> String? {
        (40...64).contains(text.utf8.count) && text.utf8.allSatisfy { $0 &- 0x30 <= 9 || $0 &- 0x61 < 6 } ? text : nil
    }

    private static func text(_ file: URL, most: Int = 1000) -> String? {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return nil }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: most)).flatMap { $0 }.map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
