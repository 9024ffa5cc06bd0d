import GRDB
import Glibc

/// What can go wrong with the files, each with a line that says it and a line that says what to do.
public enum StoreFault: Error, Equatable, Sendable {
    case folder(String, reason: String)
    case newer(file: String)
    case corruptState(path: String)
    case corruptCache(path: String)
    case full(String)
    case readOnly(String)
    /// The disk or the file system failed, in its own words.
    case disk(String, reason: String)
    /// Removed while it was open.
    case gone(String)
    /// Another process did not let go of the file.
    case busy(String)
    case tooManySeries(source: String, limit: Int)
    /// What was asked for cannot be: why, and what to do.
    case refused(String, hint: String)
    case other(String)

    public var summary: String {
        switch self {
        case .folder(let path, let reason): "the state folder \(path) cannot be used: \(reason)"
        case .newer(let file): "\(file) was written by a newer pitwall"
        case .corruptState(let path): "\(path) is damaged; it was not touched"
        case .corruptCache(let path): "\(path) is damaged; polled data is not kept"
        case .full(let path): "no room left for \(path)"
        case .readOnly(let path): "\(path) cannot be written"
        case .disk(let path, let reason): "\(path) cannot be read or written: \(reason)"
        case .gone(let path): "\(path) was removed or replaced while pitwall used it"
        case .busy(let path): "\(path) is held by another process"
        case .tooManySeries(let source, let limit): "\(source) has more than \(limit) series; new ones are not kept"
        case .refused(let words, _): words
        case .other(let words): words
        }
    }

    public var hint: String {
        switch self {
        case .folder: "Set XDG_STATE_HOME to a folder that you may write, or mend its rights."
        case .newer: "Use that pitwall, or set XDG_STATE_HOME to another folder."
        case .corruptState(let path):
            "Copy it, then: sqlite3 '\(path)' .recover | sqlite3 recovered.db, and put recovered.db in its place."
        case .corruptCache: "Start pitwall again: it sets the file aside and builds a new one."
        case .full: "Make room on that disk; nothing that people did is lost, polled data is not kept meanwhile."
        case .readOnly: "Mend the rights of the state folder, or set XDG_STATE_HOME to another one."
        case .disk: "Look at the disk and its file system, or set XDG_STATE_HOME to a folder on another one."
        case .gone: "Put the file back, or start pitwall again to begin a new one."
        case .busy: "Is another program writing to it? See: fuser or lsof with that path."
        case .tooManySeries: "The server makes up labels without end; leave those out at the server."
        case .refused(_, let hint): hint
        case .other: "Look at the Log screen; if it happens again, move cache.db away: it is rebuilt."
        }
    }

    /// What an error of SQLite means for the file at `path`.
    init(_ error: any Error, _ path: String) {
        if let fault = error as? StoreFault {
            self = fault
            return
        }
        guard let database = error as? DatabaseError else {
            self = .other("\(path): \(error)")
            return
        }
        let words = database.message ?? "SQLite error \(database.extendedResultCode.rawValue)"
        self =
            switch database.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                path.hasSuffix("cache.db") ? .corruptCache(path: path) : .corruptState(path: path)
            case .SQLITE_FULL: .full(path)
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: .readOnly(path)
            case .SQLITE_IOERR: Self.hasRoom(path) ? .disk(path, reason: words) : .full(path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path)
            default: .other("\(path): \(words)")
            }
    }

    /// A full disk shows in many ways; what decides is whether a megabyte is free.
    private static func hasRoom(_ path: String) -> Bool {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return true }
        return UInt64(facts.f_bavail) * UInt64(facts.f_frsize) > 1 << 20
    }
}
