import Foundation
import PitModel
import PitTerminal

/// The person's own editor: `$VISUAL`, else `$EDITOR`, else `vi`, on a private file that is gone once its text is taken.
struct OwnEditor {
    /// Bytes of what was written that are read.
    static let limit = 65_536

    let environment: [String: String]

    /// What is wrong, in words.
    struct Refusal: Error { var words: String }

    private var command: String {
        for name in ["VISUAL", "EDITOR"] {
            if let words = environment[name], !words.allSatisfy(\.isWhitespace) { return words }
        }
        return "vi"
    }

    /// Gives what was written. Nothing of it is taken when the editor says that it failed; it stays where it was written.
    func edit(_ text: String, _ terminal: CursesTerminal) throws(Refusal) -> String {
        let folder = try makeFolder()
        let file = folder + "/answer.md"
        do throws(Refusal) {
            try write(text, file)
            let written = try work(on: file, terminal)
            try? FileManager.default.removeItem(atPath: folder)
            return written
        } catch {
            let left = FileManager.default.contents(atPath: file)
            if let left, !left.isEmpty, left != Data((text + "\n").utf8) {
                throw Refusal(words: "\(error.words); it lies in \(file)")
            }
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    private func work(on file: String, _ terminal: CursesTerminal) throws(Refusal) -> String {
        // As git does it: the variable may hold options, so a shell reads it.
        let words = ["/bin/sh", "-c", "\(command) \"$1\"", "editor", file]
        switch terminal.lend(to: words, environment: environment) {
        case .failed(let why): throw Refusal(words: "cannot start \(command): \(why)")
        case .ended(127): throw Refusal(words: "there is no editor `\(command)`: set $EDITOR to yours")
        case .ended(let status) where status != 0:
            throw Refusal(words: "\(command) ended with \(status): what was written is not taken")
        case .ended: return try read(file)
        }
    }

    /// A folder that only this user can enter: in memory where there is such a place.
    private func makeFolder() throws(Refusal) -> String {
        for place in [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"].compactMap({ $0 })
        where !place.isEmpty {
            var template = Array("\(place)/pitwall-XXXXXX".utf8CString)
            if mkdtemp(&template) != nil {
                return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
        throw Refusal(words: "cannot make a private file: \(String(cString: strerror(errno)))")
    }

    private func write(_ text: String, _ file: String) throws(Refusal) {
        let handle = open(file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard handle >= 0 else {
            throw Refusal(words: "cannot make a private file: \(String(cString: strerror(errno)))")
        }
        defer { close(handle) }
        // Editors end the last line, too.
        let bytes = Array((text + "\n").utf8)
        var at = 0
        while at < bytes.count {
            let count = bytes[at...].withUnsafeBytes { Glibc.write(handle, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw Refusal(words: "cannot write a private file: \(String(cString: strerror(errno)))")
            }
            at += count
        }
    }

    private func read(_ file: String) throws(Refusal) -> String {
        let handle = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard handle >= 0 else { throw Refusal(words: "the editor left no file: nothing is taken") }
        defer { close(handle) }
        var about = stat()
        guard fstat(handle, &about) == 0, about.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(words: "the editor left no plain file: nothing is taken")
        }
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 16_384))
        while bytes.count <= Self.limit {
            let count = Glibc.read(handle, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        var text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        if text.hasSuffix("\n") { text.removeLast() }
        guard text.utf8.count <= Self.limit else {
            throw Refusal(words: "what was written is longer than \(Self.limit) bytes: nothing is taken")
        }
        return text
    }
}
