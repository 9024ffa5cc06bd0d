import Crypto
import Glibc
public import PitModel

/// The documents of a folder: Markdown and plain text, however deep. What is left out is told.
public struct KnowledgeFolder: Sendable {
    /// A file that can be read.
    public struct Document: Sendable {
        /// Its path within the folder.
        public var name: String
        public var text: String
        /// SHA-256 of its bytes, in hexadecimal digits.
        public var hash: String
        public var bytes: Int
        public var changed: Timestamp?
    }

    /// What a reading came to, beside its documents.
    public struct Outcome: Sendable {
        public var documents = 0
        public var skipped: [KnowledgeSkip] = []
        public var skippedCount = 0

        mutating func skip(_ name: String, _ why: String, isListed: Bool = true) {
            skippedCount += 1
            if isListed, skipped.count < KnowledgeFolder.mostSkips { skipped.append(KnowledgeSkip(name, why)) }
        }
    }

    /// Bytes of a file, files, bytes of all files, and folders within folders, at most.
    public static let mostBytes = 2 << 20
    public static let mostFiles = 10_000
    public static let mostInAll = 256 << 20
    public static let mostDepth = 32
    static let mostSkips = 50
    private static let kinds = [".md", ".markdown", ".mdown", ".mkd", ".txt", ".text"]

    let path: String
    private let bounds: (files: Int, bytes: Int)

    /// - Parameters:
    ///   - files: how many are read at most.
    ///   - bytes: of all of them, at most.
    public init(_ path: String, files: Int = mostFiles, bytes: Int = mostInAll) {
        (self.path, bounds) = (path, (files, bytes))
    }

    /// Throws where there is no such folder, or none that may be read.
    public func check() throws(DataFault) {
        guard let root = Self.real(path), let stream = opendir(root) else {
            throw .unreadable(path: path, why: String(cString: strerror(errno)))
        }
        closedir(stream)
    }

    /// Hands over every document, in the order of names. A link is followed only where it leads to something within the
    /// folder: what stands elsewhere was not put there to be read.
    public func read<E: Error>(
        _ take: (Document) throws(E) -> Void
    ) throws(KnowledgeReadFault<E>) -> Outcome {
        guard let root = Self.real(path), let names = Self.names(root) else {
            throw .folder(.unreadable(path: path, why: String(cString: strerror(errno))))
        }
        var walk = Walk(root: root)
        do throws(E) { try visit(names, in: "", &walk, take) } catch { throw .taking(error) }
        walk.outcome.documents = walk.files
        return walk.outcome
    }

    private struct Walk {
        let root: String
        var outcome = Outcome()
        var files = 0
        var bytes = 0
        /// Files of other kinds.
        var others = 0
        /// Folders and files that were read: what a loop or a second link comes to again.
        var seen: Set<String> = []
        var isFull = false
    }

    private func visit<E: Error>(
        _ names: [String], in folder: String, _ walk: inout Walk, _ take: (Document) throws(E) -> Void
    ) throws(E) {
        for name in names where !name.hasPrefix(".") && !walk.isFull {
            let within = folder.isEmpty ? name : "\(folder)/\(name)"
            guard let full = Self.real("\(path)/\(within)") else {
                walk.outcome.skip(within, "leads nowhere")
                continue
            }
            var facts = stat()
            guard stat(full, &facts) == 0 else {
                walk.outcome.skip(within, String(cString: strerror(errno)))
                continue
            }
            guard full == walk.root || full.hasPrefix(walk.root == "/" ? "/" : walk.root + "/") else {
                walk.outcome.skip(within, "leads out of the folder")
                continue
            }
            let kind = facts.st_mode & S_IFMT
            if kind == S_IFDIR {
                guard within.utf8.count(where: { $0 == 0x2F }) < Self.mostDepth else {
                    walk.outcome.skip(within, "lies too deep")
                    continue
                }
                // The root is in it, too: a link to it is a loop.
                guard full != walk.root, walk.seen.insert(full).inserted else {
                    walk.outcome.skip(within, "leads to what is read already")
                    continue
                }
                guard let inner = Self.names(full) else {
                    walk.outcome.skip(within, String(cString: strerror(errno)))
                    continue
                }
                try visit(inner, in: within, &walk, take)
            } else if Self.kinds.contains(where: { name.lowercased().hasSuffix($0) }) {
                guard kind == S_IFREG else {
                    walk.outcome.skip(within, "is no file")
                    continue
                }
                guard walk.seen.insert(full).inserted else {
                    walk.outcome.skip(within, "leads to what is read already")
                    continue
                }
                guard walk.files < bounds.files, walk.bytes < bounds.bytes else {
                    walk.isFull = true
                    let what = walk.files < bounds.files ? "\(bounds.bytes >> 20) MiB" : "\(bounds.files) files"
                    walk.outcome.skip(within, "and all after it: more than \(what)")
                    continue
                }
                guard let document = Self.document(full, within, &walk.outcome) else { continue }
                walk.files += 1
                walk.bytes += document.bytes
                try take(document)
            } else {
                // A checkout has many of these: they are not to hide what was meant to be read.
                walk.others += 1
                walk.outcome.skip(within, "is neither Markdown nor plain text", isListed: walk.others <= 5)
            }
        }
    }

    static func document(_ full: String, _ within: String, _ outcome: inout Outcome) -> Document? {
        // A pipe that was put there since would be waited for without end.
        let file = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else {
            outcome.skip(within, String(cString: strerror(errno)))
            return nil
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            outcome.skip(within, "is no file")
            return nil
        }
        var (bytes, piece): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 1 << 16))
        while bytes.count <= mostBytes {
            let count = Glibc.read(file, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                outcome.skip(within, String(cString: strerror(errno)))
                return nil
            }
            if count == 0 { break }
            bytes += piece[..<count]
        }
        guard bytes.count <= mostBytes else {
            outcome.skip(within, "is larger than 2 MiB")
            return nil
        }
        let hash = SHA256.hash(data: bytes).map { byte in
            let digits = Array("0123456789abcdef")
            return "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard !body.contains(0), let text = String(validating: body, as: UTF8.self) else {
            outcome.skip(within, body.contains(0) ? "is no text" : "is not UTF-8")
            return nil
        }
        let changed = Timestamp(
            milliseconds: Int64(facts.st_mtim.tv_sec) * 1000 + Int64(facts.st_mtim.tv_nsec) / 1_000_000)
        return Document(name: within, text: text, hash: hash, bytes: bytes.count, changed: changed)
    }

    static func real(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    /// In the order of their bytes, so that two readings are alike.
    private static func names(_ folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { place in
                place.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            if names.count > 200_000 { break }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// Why a folder was not read to its end: it cannot be read, or what was read could not be taken.
public enum KnowledgeReadFault<E: Error>: Error {
    case folder(DataFault)
    case taking(E)
}
