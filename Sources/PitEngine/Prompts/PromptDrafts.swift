import Foundation
public import PitModel

/// Versions that people wrote and that no server has kept yet: files that only their owner may read.
///
/// Each is written and synced before it is sent, and goes once the server keeps it. Beside the text, as a person wrote it
/// (`ID.md`), lies what is needed to send it again (`ID.json`).
public struct PromptDrafts: Sendable {
    let folder: String
    /// Those of one prompt that are looked at.
    private static let most = 100

    /// - Parameter state: the state folder.
    public init(state: String) { folder = state + "/drafts" }

    /// The file of a draft's text.
    public func file(_ id: String) -> String { "\(folder)/\(Self.plain(id)).md" }

    /// Writes it down; the same words twice are one.
    func keep(_ draft: PromptDraft, at: Timestamp) throws(PromptRefusal) -> UnsentPrompt {
        if let same = all(of: draft.name, source: draft.source).first(where: { $0.draft.says(draft) }) { return same }
        let id = "\(Self.plain(draft.source.description)).\(Self.plain(draft.name)).\(at.milliseconds)"
        let unsent = UnsentPrompt(id: id, draft: draft, at: at, file: file(id))
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try put(Array(draft.body.written.utf8) + [10], file(id))
            try put([UInt8](JSONEncoder().encode(unsent)), "\(folder)/\(id).json")
        } catch let refusal as PromptRefusal { throw refusal } catch { throw PromptRefusal("\(folder): \(error)") }
        return unsent
    }

    /// Says why it was not kept.
    func note(_ why: String, _ unsent: UnsentPrompt) {
        var told = unsent
        told.why = why
        if let bytes = try? JSONEncoder().encode(told) { try? put([UInt8](bytes), "\(folder)/\(unsent.id).json") }
    }

    /// Once a server keeps it, or its author wants it no more.
    public func forget(_ id: String) {
        for end in ["json", "md"] { unlink("\(folder)/\(Self.plain(id)).\(end)") }
    }

    /// The newest first; nil: of all prompts.
    public func all(of name: String? = nil, source: ConnectionName? = nil) -> [UnsentPrompt] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let found = files.filter { $0.hasSuffix(".json") }.compactMap { file -> UnsentPrompt? in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(file)"),
                var unsent = try? JSONDecoder().decode(UnsentPrompt.self, from: data),
                unsent.id == String(file.dropLast(5))
            else { return nil }
            unsent.file = self.file(unsent.id)
            return unsent
        }
        return Array(
            found.filter {
                (name == nil || $0.draft.name == name) && (source == nil || $0.draft.source == source)
            }
            .sorted { ($0.at, $0.id) > ($1.at, $1.id) }.prefix(Self.most))
    }

    /// Whole and synced, or not at all: what lies there under that name is complete at any time.
    private func put(_ bytes: [UInt8], _ path: String) throws(PromptRefusal) {
        func fault() -> PromptRefusal { PromptRefusal("\(path): \(String(cString: strerror(errno)))") }
        let part = path + ".part"
        let handle = open(part, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard handle >= 0 else { throw fault() }
        defer { close(handle) }
        var at = 0
        while at < bytes.count {
            let count = bytes[at...].withUnsafeBytes { Glibc.write(handle, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault() }
            at += count
        }
        guard fsync(handle) == 0, rename(part, path) == 0 else { throw fault() }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw fault() }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw fault() }
    }

    /// Names come from servers: nothing in them leads elsewhere.
    private static func plain(_ name: String) -> String {
        let safe = name.unicodeScalars.map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isPlain || "-_.".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        return String(safe.prefix(200)).replacing("..", with: "__")
    }
}
