import Foundation
import Glibc
import PitModel
import PitParse

/// What a training writes: bounded on the disk, and read for metrics a line at a time.
struct TrainingOutput {
    private let folder: TrainingFolder
    private let maxLog: Int
    private(set) var curves: TrainingCurves
    private(set) var isChanged = false
    /// The line that is not over yet; the rest of one that is too long is left out.
    private var line: [UInt8] = []
    private var log: Int32 = -1
    private var written = 0

    /// Bytes of a line that are looked at for metrics.
    private static let longestLine = 16 << 10

    init(_ folder: TrainingFolder, maxLog: Int) {
        (self.folder, self.maxLog) = (folder, maxLog)
        curves = folder.keptCurves() ?? TrainingCurves()
        open()
    }

    var isOpen: Bool { log >= 0 }

    mutating func close() {
        if log >= 0 { Glibc.close(log) }
        log = -1
    }

    mutating func take(_ bytes: [UInt8], at: Timestamp) {
        keep(bytes)
        var rest = bytes[...]
        while let stop = rest.firstIndex(where: { $0 == 10 || $0 == 13 }) {
            add(rest[..<stop])
            endLine(at: at)
            rest = rest[rest.index(after: stop)...]
        }
        add(rest)
    }

    mutating func endLine(at: Timestamp) {
        if !line.isEmpty, let told = TrainingLine(line) {
            curves.take(told, at: at)
            isChanged = true
        }
        line.removeAll(keepingCapacity: true)
    }

    mutating func save() {
        try? folder.write(curves, "curves.json")
        isChanged = false
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>) {
        line += bytes.prefix(max(0, Self.longestLine - line.count))
    }

    private mutating func open() {
        log = Glibc.open(folder.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        written = log < 0 ? 0 : max(0, Int(lseek(log, 0, SEEK_END)))
    }

    /// When the file is full it becomes the older one, in place of the one before.
    private mutating func keep(_ bytes: [UInt8]) {
        if written > 0, written + bytes.count > maxLog {
            close()
            rename(folder.log, folder.older)
            open()
        }
        guard log >= 0 else { return }
        // A full disk loses output, not the training.
        let sent = bytes.withUnsafeBytes { write(log, $0.baseAddress, $0.count) }
        written += max(0, sent)
    }
}
