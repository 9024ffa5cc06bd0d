public import PitModel

/// A checkout of a Git repository, as `git` tells of it.
public struct GitCheckout: Equatable, Sendable {
    /// Files that it tracks, by their paths within the folder that was asked for.
    public var files: [String]
    /// The commit, with `+changes` where tracked files differ from it; nil before the first commit.
    public var revision: String?

    /// Asks `git`, which must be installed.
    public static func read(_ path: String) async throws(ConnectorFault) -> GitCheckout {
        let listed = try await git(path, "ls-files", "-z")
        guard listed.status == 0 else {
            throw .file("\(path) is no checkout that git can read: \(listed.complaint)")
        }
        let files = listed.output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        let head = try await git(path, "rev-parse", "--verify", "--quiet", "HEAD")
        guard head.status == 0 else { return GitCheckout(files: files, revision: nil) }
        let commit = String(decoding: head.output.prefix { $0 > 0x20 }, as: UTF8.self)
        let isChanged = try await git(path, "diff-index", "--quiet", "HEAD", "--", ".").status != 0
        return GitCheckout(files: files, revision: commit + (isChanged ? "+changes" : ""))
    }

    /// Nothing that the repository's own settings name is started, and nothing is asked of a person.
    private static func git(_ path: String, _ words: String...) async throws(ConnectorFault) -> CommandRun.Output {
        try await CommandRun(
            words: ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-C", path] + words,
            patience: 60, maxBytes: 64 << 20,
            environment: ["GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"]
        ).run()
    }
}
