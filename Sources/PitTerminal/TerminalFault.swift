/// Why the console cannot be shown here, and what to do about it.
public enum TerminalFault: Error, Equatable, Sendable {
    /// Standard input or output is a file, a pipe or nothing.
    case noTerminal(Stream)
    /// `TERM` is not set.
    case unset
    /// The terminal cannot place its cursor.
    case dumb(String)
    /// Terminfo has no entry of this name.
    case unknown(String)
    /// Terminfo has an entry, but the terminal could not be set up by it.
    case failed(String)

    /// An end of the process that should have been a terminal.
    public enum Stream: String, Equatable, Sendable { case input, output }

    /// What is wrong, in one line.
    public var summary: String {
        switch self {
        case .noTerminal(let stream): "the console needs a terminal, and standard \(stream.rawValue) is none"
        case .unset: "TERM is not set: nothing tells which terminal this is"
        case .dumb(let term): "TERM is `\(Self.shown(term))`, a terminal that cannot place its cursor"
        case .unknown(let term): "TERM is `\(Self.shown(term))`, which this machine knows nothing of"
        case .failed(let term): "the terminal `\(Self.shown(term))` could not be set up"
        }
    }

    /// What to try.
    public var hint: String {
        switch self {
        case .noTerminal:
            "In a script use `pitwall get`, `pitwall check` or `pitwall snapshot`; over ssh ask for a terminal: ssh -t."
        case .unset: "Set TERM to what the terminal is; xterm-256color is a good guess."
        case .dumb: "Use another terminal, or `pitwall get` and `pitwall snapshot`, which need none."
        case .unknown: "Set TERM to what the terminal is (xterm-256color is a good guess), or install ncurses-term."
        case .failed: "Try TERM=xterm-256color."
        }
    }

    /// The environment is from outside: only what a terminal's name is made of is repeated.
    private static func shown(_ term: String) -> String {
        String(term.prefix(40).map { $0.isASCII && ($0.isLetter || $0.isNumber || "-+._".contains($0)) ? $0 : "?" })
    }
}
