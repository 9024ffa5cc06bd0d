import Glibc
public import PitModel

/// A folder of prompts, a file each. In a Git checkout each commit that touched a file is a version of it, and what is
/// not committed is the newest; elsewhere there is one version. It is only read.
public struct PromptFolderConnector: Connector, PromptKeeping {
    public static let about = ConnectorInfo(
        id: "prompts", title: "Folder of prompts", summary: "reads prompts from files, their versions from Git",
        isFile: true)

    private static let endings = [".md", ".txt", ".prompt"]
    private static let longest = 1 << 20
    private static let mostFiles = 2000
    private let folder: String
    private let connection: ConnectionName
    private let git: PromptHistory
    private let files = MachineFiles()

    public init(_ connection: Connection, http _: any HTTP) {
        self.connection = connection.name
        var path = connection.url
        if path.hasPrefix("~/"), let home = getenv("HOME") { path = String(cString: home) + path.dropFirst() }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        folder = path
        git = PromptHistory(folder: path, patience: connection.timeout)
    }

    public var whyReadOnly: String? { "files in \(folder) are versions once they are committed: edit them there" }

    public func probe() async throws(ConnectorFault) -> Identity {
        let count = try names().count
        let isInGit = try await git.commits() != nil
        return Identity(
            product: "Prompts", detail: "\(count) files, \(isInGit ? "versions by Git" : "not in a Git checkout")")
    }

    public func prompts() async throws(ConnectorFault) -> [Prompt] {
        let commits = try await git.commits()
        return try names().map { file throws(ConnectorFault) in
            let own = commits?[file] ?? []
            let changed = try facts(file)?.modified
            return Prompt(
                source: connection, name: Self.name(file), latest: max(1, own.count),
                changedAt: own.first?.at ?? changed, author: own.first?.author,
                message: own.first?.message ?? "")
        }
    }

    public func versions(of prompt: String) async throws(ConnectorFault) -> [PromptVersion] {
        let file = try file(prompt)
        let commits = try await git.commits()?[file] ?? []
        let texts = commits.isEmpty ? [:] : try await git.texts(of: file, at: commits.map(\.id))
        var all: [PromptVersion] = []
        for (place, commit) in commits.enumerated() {
            guard let text = texts[commit.id] else { continue }
            all.append(
                Self.version(
                    commits.count - place, text, message: commit.message, author: commit.author, at: commit.at,
                    commit: commit.id))
        }
        let (now, changed) = try text(file)
        if let newest = commits.first, texts[newest.id] == now { return all }
        let words = commits.isEmpty ? "" : "not committed"
        return [Self.version(commits.count + 1, now, message: words, author: nil, at: changed, commit: nil)] + all
    }

    public func version(_ number: Int, of prompt: String) async throws(ConnectorFault) -> PromptVersion {
        let all = try await versions(of: prompt)
        guard let found = all.first(where: { $0.number == number }) else {
            throw .rejected("\(prompt) has no version \(number); the newest is \(all.first?.number ?? 0)")
        }
        return found
    }

    public func create(_ draft: PromptDraft) async throws(ConnectorFault) -> Int {
        throw .rejected(whyReadOnly ?? "")
    }

    // MARK: -

    private static func version(
        _ number: Int, _ text: String, message: String, author: String?, at: Timestamp?, commit: String?
    ) -> PromptVersion {
        let read = PromptFile(text)
        return PromptVersion(
            number: number, body: read.body, declared: read.variables, message: message, author: author, at: at,
            tags: read.tags, commit: commit)
    }

    private static func name(_ file: String) -> String {
        endings.first { file.hasSuffix($0) }.map { String(file.dropLast($0.count)) } ?? file
    }

    /// Names of files, in order; of several with one name but for the ending the first.
    private func names() throws(ConnectorFault) -> [String] {
        guard access(folder, R_OK | X_OK) == 0 else {
            throw .file("\(folder): \(String(cString: strerror(errno)))")
        }
        var seen: Set<String> = []
        let all = files.siblings(folder + "/").map { String($0.dropFirst(folder.count + 1)) }
        return all.filter { file in
            !file.hasPrefix(".") && !file.uppercased().hasPrefix("README")
                && Self.endings.contains(where: file.hasSuffix)
        }.sorted().prefix(Self.mostFiles).filter { seen.insert(Self.name($0)).inserted }
    }

    private func file(_ prompt: String) throws(ConnectorFault) -> String {
        guard let found = try names().first(where: { Self.name($0) == prompt }) else {
            throw .rejected("\(folder) has no prompt \(prompt)")
        }
        return found
    }

    private func facts(_ file: String) throws(ConnectorFault) -> FileFacts? { try files.facts("\(folder)/\(file)") }

    private func text(_ file: String) throws(ConnectorFault) -> (String, Timestamp?) {
        guard let facts = try facts(file) else { throw .file("there is no file \(folder)/\(file) any more") }
        guard facts.size <= Self.longest else { throw .tooLarge(limit: Self.longest) }
        let bytes = try files.bytes("\(folder)/\(file)", facts, from: 0, count: Self.longest)
        return (String(decoding: bytes, as: UTF8.self), facts.modified)
    }
}
