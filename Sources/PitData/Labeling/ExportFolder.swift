import Glibc
import PitParse

/// The folder of an export: nothing in it but what an export wrote is ever touched.
struct ExportFolder {
    let path: String
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
        guard let manifest = Self.read("\(path)/\(Self.manifest)") else {
            earlier = []
            guard Self.isVacant(path, depth: 0) else { throw .occupied(path: path) }
            return
        }
        guard let value = JSONReader.value(of: manifest), value["pitwall"] != nil, let files = value["files"]?.list
        else {
            throw .occupied(path: path)
        }
        earlier = files.compactMap { $0["path"]?.text }.filter {
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
        for file in earlier where !written.contains(file) {
            unlink("\(path)/\(file)")
            if let slash = file.lastIndex(of: "/") { rmdir("\(path)/\(file[..<slash])") }
        }
    }
}
