/// Why a file of data could not be read or written.
public enum DataFault: Error, Equatable, Sendable {
    case unreadable(path: String, why: String)
    case empty(path: String)
    case noSuchColumn(String, path: String, known: [String])
    /// Neither JSON Lines nor CSV.
    case unknownFormat(path: String)
    case unwritable(path: String, why: String)
    /// Something else is in the folder that is to be written.
    case occupied(path: String)
    /// What was asked for does not fit what there is; in words.
    case refused(String, hint: String)

    public var summary: String {
        switch self {
        case .unreadable(let path, let why): "\(path) cannot be read: \(why)"
        case .empty(let path): "\(path) has no rows"
        case .noSuchColumn(let name, let path, _): "\(path) has no column `\(name)`"
        case .unknownFormat(let path): "\(path) is neither JSON Lines nor CSV"
        case .unwritable(let path, let why): "\(path) cannot be written: \(why)"
        case .occupied(let path): "\(path) holds something that is no export of judgements"
        case .refused(let words, _): words
        }
    }

    public var hint: String {
        switch self {
        case .unreadable: "Look at its path and rights."
        case .empty: "Name a file with rows in it."
        case .noSuchColumn(_, _, let known): "There are: \(known.joined(separator: ", "))."
        case .unknownFormat: "Name it .jsonl or .csv, one row a line."
        case .unwritable: "Name a folder that you may write to, with room on its disk."
        case .occupied: "Name a new or an empty folder: nothing of yours is overwritten."
        case .refused(_, let hint): hint
        }
    }
}
