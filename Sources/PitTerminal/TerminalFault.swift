/// Why the console cannot be shown here, and what to do about it.
public enum TerminalFault: Error, Equatable, Sendable {
    case noTerminal
    case dumb(String)
    case unknown(String)
    case failed(String)

    public var summary: String {
        switch self {
        case .noTerminal: "the console needs a terminal, and this is none"
        case .dumb(let term): "TERM is `\(term)`, a terminal that cannot place its cursor"
        case .unknown(let term): "TERM is `\(term)`, which this machine knows nothing of"
        case .failed(let term): "the terminal `\(term)` could not be set up"
        }
    }

    public var hint: String {
        switch self {
        case .noTerminal:
            "In a script use `pitwall get`, `pitwall check` or `pitwall snapshot`; over ssh ask for a terminal: ssh -t."
        case .dumb: "Use another terminal, or `pitwall get` and `pitwall snapshot`."
        case .unknown: "Set TERM to what the terminal is (xterm-256color is a good guess), or install ncurses-term."
        case .failed: "Try TERM=xterm-256color."
        }
    }
}

/// What a person wants of the terminal.
public struct TerminalOptions: Equatable, Sendable {
    public enum Color: String, Sendable, CaseIterable { case auto, truecolor, palette, sixteen, none }
    public var color: Color
    public var mouse: Bool
    public init(color: Color = .auto, mouse: Bool = true) { (self.color, self.mouse) = (color, mouse) }
}
