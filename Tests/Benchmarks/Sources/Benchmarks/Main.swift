import Foundation

@main
enum Main {
    static func main() throws {
        var names: [String] = []
        var json: String?
        var arguments = CommandLine.arguments.dropFirst()
        while let word = arguments.popFirst() {
            switch word {
            case "--list":
                for type in benchmarkCatalog { print(type.name) }
                return
            case "--press":
                do { return try KeysBenchmark.press(arguments.popFirst() ?? "/dev/stdout") } catch {
                    FileHandle.standardError.write(Data("cannot press keys here: \(error)\n".utf8))
                    exit(1)
                }
            case "--json": json = arguments.popFirst()
            default: names.append(word)
            }
        }
        let unknown = names.filter { name in !benchmarkCatalog.contains { $0.name == name } }
        guard unknown.isEmpty else {
            print(
                "no such benchmark: \(unknown.joined(separator: ", ")); there are: "
                    + benchmarkCatalog.map { $0.name }.joined(separator: ", "))
            exit(2)
        }
        var figures: [Figure] = []
        for type in benchmarkCatalog where names.isEmpty || names.contains(type.name) {
            FileHandle.standardError.write(Data("\(type.name)...\n".utf8))
            figures += try measure(type)
        }
        print(Table.text(figures))
        if let json { try Table.json(figures).write(to: URL(fileURLWithPath: json)) }
    }

    /// What fails is told as a row that is not met: the others go on.
    private static func measure(_ type: any Benchmark.Type) throws -> [Figure] {
        let room = FileManager.default.temporaryDirectory.appending(path: "pitwall-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: room, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: room) }
        let package = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        do { return try type.init().run(Bench(package: package, room: room)) } catch {
            return [Figure(work: type.name, unit: "", better: .lower, goal: .value(0), note: "could not run: \(error)")]
        }
    }
}
