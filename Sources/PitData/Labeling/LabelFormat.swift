/// What is told of a format of datasets.
public struct LabelFormatInfo: Sendable {
    /// Files of one kind of row.
    struct Part: Sendable {
        /// Also the folder its files are in, where there are several parts.
        var name: String
        /// `jsonl`
        var suffix: String
        var framing: LabelFile.Framing
    }
    /// Its name on the command line.
    public let id: String
    public let summary: String
    let parts: [Part]
    /// Whether it can be in several splits, and read by Hugging Face's `datasets`.
    public let isTable: Bool
    /// Hugging Face's names for what it is for.
    let tasks: [String]
    let tags: [String]
}

/// A format of datasets: one file, and one line in `labelFormatCatalog`.
public protocol LabelFormat: Sendable {
    static var about: LabelFormatInfo { get }
    init(_ options: LabelExportOptions) throws(DataFault)
    /// Writes an item's rows, or says why it has none.
    mutating func add(_ item: SettledItem, to sink: LabelSink) throws(DataFault)
    /// Writes what could not be written before all items were there.
    mutating func finish(_ sink: LabelSink) throws(DataFault)
}

extension LabelFormat {
    public mutating func finish(_ sink: LabelSink) throws(DataFault) {}
}

/// Takes the rows of an export to the files that they belong to.
public final class LabelSink {
    private let folder: String
    private let about: LabelFormatInfo
    private let split: DatasetSplit
    /// A file for each part in each split, made when its first row comes.
    private var files: [LabelFile?]
    private var others: [LabelFile] = []
    /// The split of the item that is being written.
    var place = 0
    var leftOut = LeftOut()
    private(set) var rows = 0

    init(folder: String, _ about: LabelFormatInfo, _ split: DatasetSplit) {
        (self.folder, self.about, self.split) = (folder, about, split)
        files = Array(repeating: nil, count: about.parts.count * split.parts.count)
    }

    /// Writes one row of a part.
    func row(_ part: Int = 0, _ write: (inout JSONBytes) -> Void) throws(DataFault) {
        let file = try file(part)
        file.beginRow()
        write(&file.bytes)
        try file.endRow()
        rows += 1
    }

    private func file(_ part: Int) throws(DataFault) -> LabelFile {
        let slot = part * split.parts.count + place
        if let file = files[slot] { return file }
        let kind = about.parts[part]
        let name = "\(split.parts[place].name).\(kind.suffix)"
        let file = try LabelFile(
            folder: folder, path: about.parts.count > 1 ? "\(kind.name)/\(name)" : name, framing: kind.framing)
        files[slot] = file
        return file
    }

    /// Writes a whole file.
    func write(_ path: String, _ text: String) throws(DataFault) {
        let file = try LabelFile(folder: folder, path: path, framing: .whole)
        file.beginRow()
        file.bytes.copy(text)
        try file.endRow()
        others.append(file)
    }

    func leave(_ reason: LeftOut.Reason) { leftOut.add(reason) }

    /// A file of rows, by what is in it.
    struct Table {
        var part: String
        var split: String
        var file: LabelFile.Written
    }

    func finishTables() throws(DataFault) -> [Table] {
        var tables: [Table] = []
        for (slot, file) in files.enumerated() {
            guard let file else { continue }
            tables.append(
                Table(
                    part: about.parts[slot / split.parts.count].name,
                    split: split.parts[slot % split.parts.count].name, file: try file.finish()))
        }
        return tables
    }

    func finishOthers() throws(DataFault) -> [LabelFile.Written] {
        var written: [LabelFile.Written] = []
        for file in others { written.append(try file.finish()) }
        return written
    }

    func publish() throws(DataFault) {
        for file in files.compactMap({ $0 }) + others { try file.publish() }
    }
}
