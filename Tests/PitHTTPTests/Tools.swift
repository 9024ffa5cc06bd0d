import Foundation

/// Programs of the machine that tests use.
enum Tools {
    struct Failure: Error { var words: String }

    static func gzip(zeros: Int) throws -> [UInt8] {
        try shell("head -c \(zeros) /dev/zero | gzip -9")
    }

    /// What a shell command writes; its complaints are part of the failure.
    @discardableResult static func shell(_ command: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let (output, complaints) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaints
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        let words = complaints.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(words: "\(command): \(String(decoding: words, as: UTF8.self))")
        }
        return [UInt8](bytes)
    }
}
