/// Why a file of data could not be read.
public enum DataFault: Error, Equatable, Sendable {
    case unreadable(path: String, why: String)
    case empty(path: String)
    case noSuchColumn(String, path: String, known: [String])
    /// Neither JSON Lines nor CSV.
    case unknownFormat(path: String)

    public var summary: String {
        switch self {
        case .unreadable(let path, let why): "\(path) cannot be read: \(why)"
        case .empty(let path): "\(path) has no rows"
        case .noSuchColumn(let name, let path, _): "\(path) has no column `\(name)`"
        case .unknownFormat(let path): "\(path) is neither JSON Lines nor CSV"
        }
    }

    public var hint: String {
        switch self {
        case .unreadable: "Look at its path and rights."
        case .empty: "Name a file with rows in it."
        case .noSuchColumn(_, _, let known): "There are: \(known.joined(separator: ", "))."
        case .unknownFormat: "Name it .jsonl or .csv, one row a line."
        }
    }
}
