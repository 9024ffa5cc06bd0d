/// A theme file's text.
struct ThemeSource {
    var name: String
    var file: String
    var text: String
}

/// What is wrong with a theme file, and what would be right.
public struct ThemeFault: Error, Equatable, Sendable, CustomStringConvertible {
    public var file: String
    /// Counted from 1; 0 when the whole file is meant.
    public var line: Int
    public var column: Int
    public var what: String
    public var hint: String
    public var description: String {
        (line > 0 ? "\(file):\(line):\(column): " : "\(file): ") + what + (hint.isEmpty ? "" : "\n    \(hint)")
    }
}
