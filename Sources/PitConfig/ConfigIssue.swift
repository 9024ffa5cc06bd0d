/// Something in a configuration file that is not right: where, what, and what would be right.
public struct ConfigIssue: Error, Equatable, Sendable, CustomStringConvertible {
    public var file: String
    /// Counted from 1; 0 when the whole file is meant.
    public var line: Int
    public var column: Int
    public var what: String
    public var hint: String
    /// A warning lets the file be used.
    public var isWarning: Bool

    public init(file: String, line: Int, column: Int, what: String, hint: String, isWarning: Bool = false) {
        (self.file, self.line, self.column) = (file, line, column)
        (self.what, self.hint, self.isWarning) = (what, hint, isWarning)
    }

    public var description: String {
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        return "\(place): \(isWarning ? "warning: " : "")\(what)" + (hint.isEmpty ? "" : "\n    \(hint)")
    }
}
