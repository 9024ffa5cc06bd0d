import Foundation

/// Where a report goes: a file that is whole or not there, else standard output.
enum ReportFile {
    static func put(_ text: String, to path: String?) throws {
        guard let path else { return Terminal.put(text) }
        try save(text, to: path)
        Terminal.complain("written: \(path)")
    }

    static func save(_ text: String, to path: String) throws {
        do { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
            throw Stop(
                .couldNotRun, "\(path) cannot be written: \(error.localizedDescription)",
                hint: "Name another with --out.")
        }
    }
}
