import PitModel

/// What Git knows of the files in a folder. Git is only asked: nothing is locked, no hook or filter of the checkout runs,
/// and no question is put to anybody.
struct PromptHistory: Sendable {
    struct Commit: Equatable, Sendable {
        var id: String
        var author: String
        var at: Timestamp
        var message: String
    }
    let folder: String
    let patience: Double
    private static let mostCommits = 2000
    private static let mostVersions = 200
    private static let mostBytes = 16 << 20

    /// Commits that touched each file, the newest first; nil where the folder is in no checkout, or there is no Git.
    func commits() async throws(ConnectorFault) -> [String: [Commit]]? {
        let output: CommandRun.Output
        do throws(ConnectorFault) {
            output = try await run(
                [
                    "log", "--no-show-signature", "--no-ext-diff", "--no-renames", "--relative", "--name-only",
                    "-n", "\(Self.mostCommits)", "--format=%x01%H%x00%an%x00%at%x00%s%x00", "--", ".",
                ])
        } catch {
            if case .file = error { return nil }
            throw error
        }
        // No checkout, or one without a commit.
        guard output.status == 0 else { return nil }
        var all: [String: [Commit]] = [:]
        for record in output.output.split(separator: 1) {
            let parts = record.split(separator: 0, maxSplits: 4, omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard parts.count == 5, let seconds = Int64(parts[2]) else { continue }
            let commit = Commit(
                id: parts[0], author: parts[1].prefix(bytes: 200), at: Timestamp(milliseconds: seconds * 1000),
                message: parts[3].prefix(bytes: 500))
            for name in parts[4].split(separator: "\n") {
                if all[String(name), default: []].count < Self.mostVersions {
                    all[String(name), default: []].append(commit)
                }
            }
        }
        return all
    }

    /// What a file held at commits; one that took it away has none.
    func texts(of file: String, at commits: [String]) async throws(ConnectorFault) -> [String: String] {
        let asked = commits.map { "\($0):./\(file)\n" }.joined()
        let output = try await run(["cat-file", "--batch"], input: Array(asked.utf8))
        guard output.status == 0 else { throw .file("git cannot read \(file): \(output.complaint.prefix(bytes: 200))") }
        var (texts, place): ([String: String], Int) = ([:], 0)
        let bytes = output.output
        for commit in commits {
            guard let end = bytes[place...].firstIndex(of: 10) else { break }
            let head = String(decoding: bytes[place..<end], as: UTF8.self).split(separator: " ")
            place = end + 1
            guard head.count == 3, head[1] == "blob", let size = Int(head[2]), place + size <= bytes.count else {
                continue
            }
            texts[commit] = String(decoding: bytes[place..<(place + size)], as: UTF8.self)
            place = min(bytes.count, place + size + 1)
        }
        return texts
    }

    private func run(_ words: [String], input: [UInt8] = []) async throws(ConnectorFault) -> CommandRun.Output {
        try await CommandRun(
            words: [
                "git", "--no-pager", "-C", folder, "-c", "core.fsmonitor=false", "-c", "core.quotePath=false",
            ] + words,
            patience: patience, maxBytes: Self.mostBytes,
            environment: ["GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"]
        ).run(input: input)
    }
}
