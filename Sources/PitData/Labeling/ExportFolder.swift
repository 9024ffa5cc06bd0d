import Glibc
import PitParse

/// The folder of an export, held by one at a time: nothing in it but what an export wrote is ever touched.
final class ExportFolder {
    let path: String
    private let descriptor: Int32
    /// What the export before this one wrote.
    private let earlier: [String]

    static let manifest = "manifest.json"

    /// Takes a new folder, an empty one, or one that holds an earlier export.
    init(_ path: String) throws(DataFault) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        if mkdir(path, 0o755) != 0, errno != EEXIST {
            let failed = errno
            try LabelFile.makeFolders(of: path + "/")
            guard access(path, W_OK) == 0 else {
                throw .unwritable(path: path, why: String(cString: strerror(failed)))
            }
        }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unwritable(path: path, why: String(cString: strerror(errno))) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .refused("another export is being written to \(path)", hint: "Wait for it, or name another folder.")
        }
        do throws(DataFault) { earlier = try Self.earlier(path) } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// What the manifest of an earlier export names; nothing in an empty folder.
    private static func earlier(_ path: String) throws(DataFault) -> [String] {
        guard let manifest = read("\(path)/\(Self.manifest)") else {
            guard isVacant(path, depth: 0) else { throw .occupied(path: path) }
            return []
        }
        guard let value = JSONReader.value(of: manifest), value["pitwall"] != nil, let files = value["files"]?.list
        else {
            throw .occupied(path: path)
        }
        return files.compactMap { $0["path"]?.text }.filter {
            !$0.hasPrefix("/") && !$0.split(separator: "/").contains("..") && !$0.isEmpty
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let most = 4 << 20
        return [UInt8](unsafeUninitializedCapacity: most) { buffer, filled in
            while filled < most, let base = buffer.baseAddress {
                let got = Glibc.read(file, base + filled, most - filled)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return }
                filled += got
            }
        }
    }

    /// Whether nothing is in it but what an export that was killed left behind.
    private static func isVacant(_ path: String, depth: Int) -> Bool {
        guard depth < 4, let folder = opendir(path) else { return depth < 4 && errno == ENOTDIR ? false : depth == 0 }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." || name.hasSuffix(LabelFile.unfinished) { continue }
            guard entry.pointee.d_type == UInt8(DT_DIR), isVacant("\(path)/\(name)", depth: depth + 1) else {
                return false
            }
        }
        return true
    }

    /// Removes what the earlier export wrote and this one did not.
    func removeEarlier(but written: Set<String>) {
        for file in earlier where !written.contains(file) && isInside(file) {
            unlink("\(path)/\(file)")
            if let slash = file.lastIndex(of: "/") { rmdir("\(path)/\(file[..<slash])") }
        }
    }

    /// Whether no folder on the way to a file leads out of this one.
    private func isInside(_ file: String) -> Bool {
        var folder = path
        for part in file.split(separator: "/").dropLast() {
            folder += "/\(part)"
            var facts = stat()
            guard lstat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else { return false }
        }
        return true
    }

    /// Makes the names of its files last.
    func sync() { fsync(descriptor) }
}
