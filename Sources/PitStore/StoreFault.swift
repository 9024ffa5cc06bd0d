/// What can go wrong with the files, each with a line that says it and a line that says what to do.
public enum StoreFault: Error, Equatable, Sendable {
    case folder(String, reason: String)
    case newer(file: String)
    case corruptState(path: String)
    case full(String)
    case readOnly(String)
    case other(String)

    public var summary: String {
        switch self {
        case .folder(let path, let reason): "the state folder \(path) cannot be used: \(reason)"
        case .newer(let file): "\(file) was written by a newer pitwall"
        case .corruptState(let path): "\(path) is damaged; it was not touched"
        case .full(let path): "no room left for \(path)"
        case .readOnly(let path): "\(path) cannot be written"
        case .other(let words): words
        }
    }

    public var hint: String {
        switch self {
        case .folder: "Set XDG_STATE_HOME to a folder that you may write, or mend its rights."
        case .newer: "Use that pitwall, or set XDG_STATE_HOME to another folder."
        case .corruptState(let path):
            "Copy it, then: sqlite3 '\(path)' .recover | sqlite3 recovered.db, and put recovered.db in its place."
        case .full: "Make room on that disk; nothing that people did is lost, polled data is not kept meanwhile."
        case .readOnly: "Mend the rights of the state folder, or set XDG_STATE_HOME to another one."
        case .other: "Look at the Log screen; if it happens again, move cache.db away: it is rebuilt."
        }
    }
}
