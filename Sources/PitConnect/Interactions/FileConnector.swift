import Glibc
public import PitModel
import PitParse

/// A file of exchanges that grows: JSON Lines or CSV, as gateways and collectors write them.
public struct FileConnector: Connector, InteractionReading {
    public static let about = ConnectorInfo(
        id: "file", title: "File of exchanges",
        summary: "reads exchanges from JSON Lines or CSV that grows and rotates",
        options: [
            OptionInfo("format", .text, help: "jsonl or csv; by the name's end without it", example: "jsonl"),
            OptionInfo(
                "fields", .list, help: "where in a line things stand: \(fieldNames)",
                example: "[prompt=input.text, response=output]"),
        ], isFile: true)

    private static let fieldNames = FieldMap.Field.allCases.map(\.rawValue).joined(separator: ", ")

    private let tail: FileTail
    private let fault: ConnectorFault?

    public init(_ connection: Connection, http _: any HTTP) { self.init(connection, files: MachineFiles()) }

    init(_ connection: Connection, files: any FileReading, isWhole: Bool = false) {
        let (map, unknown) = FieldMap.read(connection.options["fields"]?.list ?? [])
        let named = connection.options["format"]?.text
        let format = named.flatMap(FileTail.Format.init) ?? (connection.url.hasSuffix(".csv") ? .csv : .jsonl)
        if named != nil, named.flatMap(FileTail.Format.init) == nil {
            fault = .file("format is `\(named ?? "")`; it can be jsonl or csv")
        } else if let word = unknown.first {
            fault = .file("`\(word)` names no field; there are: \(Self.fieldNames)")
        } else {
            fault = nil
        }
        tail = FileTail(
            path: Self.expand(connection.url), format: format, reader: InteractionReader(connection.name, map: map),
            files: files, isWhole: isWhole)
    }

    /// A file that is complete: a last line without a line end counts.
    public static func whole(_ connection: Connection) -> FileConnector {
        FileConnector(connection, files: MachineFiles(), isWhole: true)
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        if let fault { throw fault }
        guard let facts = try tail.files.facts(tail.path) else { throw .file("there is no file \(tail.path)") }
        _ = try tail.files.bytes(tail.path, facts, from: 0, count: 1)
        return Identity(product: tail.format == .csv ? "CSV" : "JSON Lines", detail: "\(facts.size) bytes")
    }

    public func readInteractions(after cursor: String?, limit: Int) async throws(ConnectorFault) -> InteractionPage {
        if let fault { throw fault }
        return try tail.page(after: cursor, limit: limit)
    }

    private static func expand(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
        return String(cString: home) + path.dropFirst()
    }
}
