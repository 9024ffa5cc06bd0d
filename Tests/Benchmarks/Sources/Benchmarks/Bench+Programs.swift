import Foundation

extension Bench {
    /// A program of the folder `C`, compiled.
    func c(_ name: String, libraries: [String] = []) throws -> String {
        let folder = package.appending(path: ".build/c")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let program = folder.appending(path: name).path
        let source = package.appending(path: "C/\(name).c").path
        let compiler = ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        let arguments = ["-O2", "-o", program, source] + libraries.map { "-l\($0)" }
        if let compiler { try run(compiler, arguments) } else { try run("/usr/bin/env", ["clang"] + arguments) }
        return program
    }

    /// A server that runs until `stop`.
    struct Server {
        let process: Process
        /// The words of its first line: its port first.
        let words: [String]
        var port: String { words.first ?? "" }
        var pid: Int32 { process.processIdentifier }

        func stop() {
            process.terminate()
            process.waitUntilExit()
        }
    }

    /// Starts a server that says in its first line where it listens.
    func serve(_ program: String, _ arguments: [String] = []) throws -> Server {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var line: [UInt8] = []
        while let byte = try pipe.fileHandleForReading.read(upToCount: 1), let first = byte.first, first != 10 {
            line.append(first)
        }
        guard !line.isEmpty else { throw Failure(description: "\(program) ended at once") }
        return Server(
            process: process, words: String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init))
    }

    /// Runs what is asynchronous to its end.
    static func await<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) throws -> T {
        let done = DispatchSemaphore(value: 0)
        let box = Box<T>()
        Task.detached {
            do { box.result = .success(try await body()) } catch { box.result = .failure(error) }
            done.signal()
        }
        done.wait()
        guard let result = box.result else { throw Failure(description: "nothing came of it") }
        return try result.get()
    }

    /// SAFETY: written before the semaphore is signalled and read after it was waited for.
    private final class Box<T>: @unchecked Sendable { var result: Result<T, any Error>? }
}
