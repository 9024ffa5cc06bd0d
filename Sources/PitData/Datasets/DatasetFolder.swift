import Glibc
public import PitModel

/// The folder of datasets: a file of JSON Lines each, named by the SHA-256 of what is in it.
public struct DatasetFolder: Sendable {
    public let path: String

    /// - Parameter state: the state folder, in which it lies.
    public init(state: String) { path = state + "/datasets" }

    public func file(_ hash: String) -> String { "\(path)/\(hash).jsonl" }

    /// What was collected, and whether no file held the same rows before.
    public struct Collected: Equatable, Sendable {
        public var hash: String
        public var rows: Int
        public var bytes: Int
        public var sources: [DatasetSource]
        public var isNew: Bool
    }

    /// Reads sources one after the other into a new file. Nothing is left behind where one of them cannot be read.
    ///
    /// - Parameter tell: how many bytes of how many of a source are read, now and then.
    public func collect(
        _ sources: [any RowSource], tell: (Int, Int) -> Void = { _, _ in }
    ) throws(DataFault) -> Collected {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .unwritable(path: path, why: String(cString: strerror(errno)))
        }
        removeLeftOver()
        var file = try NewFile("\(path)/collecting", isHashed: true)
        var told: [DatasetSource] = []
        for source in sources {
            told.append(try source.read({ (row) throws(DataFault) in try file.put(line: row) }, tell: tell))
        }
        let rows = told.reduce(0) { $0 + $1.rows }
        guard rows > 0 else {
            let why = told.flatMap(\.notes).first.map { " (\($0))" } ?? ""
            throw .refused(
                "there is no row in \(told.map(\.place).joined(separator: ", "))\(why)",
                hint: "A dataset has one row at least: look at the sources.")
        }
        let (hash, isNew) = try file.finishByHash(in: path)
        return Collected(hash: hash, rows: rows, bytes: file.bytes, sources: told, isNew: isNew)
    }

    /// The first rows of a dataset.
    public func eachRow(of hash: String, limit: Int, _ body: (ArraySlice<UInt8>) -> Void) throws(DataFault) {
        var lines = try LineFile(file(hash))
        while lines.line < limit, let line = try lines.next() { body(line) }
    }

    /// What a collection that was killed left: its process is no more.
    private func removeLeftOver() {
        guard let stream = opendir(path) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { place in
                place.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let parts = name.split(separator: ".")
            guard parts.count == 3, parts[0] == "collecting", parts[2] == "part", let process = Int32(parts[1]) else {
                continue
            }
            if process > 0, kill(process, 0) != 0, errno == ESRCH { unlink("\(path)/\(name)") }
        }
    }
}
