import CNcurses
import PitGrid

/// Which terminfo entry to open, and what to do with what it can.
struct TerminalEntry {
    let name: String
    /// The most colours to use of those the entry has.
    let limit: ColorDepth
    /// Whether the terminal understands the modes that xterm brought: paste, focus, mouse, titles.
    let isModern: Bool
    /// Whether the terminal's font is known to have no more than a console's.
    let isPoor: Bool
    let leaveScreen: String
    let notes: [String]

    /// Families that do not take xterm's private modes.
    private static let plainFamilies = ["linux", "vt", "ansi", "cons", "sun", "wsvt", "hurd", "mach", "pc", "cygwin"]

    init(_ options: TerminalOptions, _ environment: [String: String]) throws(TerminalFault) {
        guard let term = environment["TERM"], !term.isEmpty else { throw .unset }
        let own = pit_describe(term)
        guard own.is_known else { throw .unknown(term) }
        guard own.can_address else { throw .dumb(term) }
        isModern = !Self.plainFamilies.contains { term.hasPrefix($0) }
        isPoor = term.hasPrefix("linux")
        limit = Self.limit(options, environment)
        var notes: [String] = []
        let others: [String]
        if limit == .trueColor, Self.hasTrueColor(options, environment), own.colors <= 256, isModern {
            others = Self.directNames(term)
            if !others.contains(where: { pit_describe($0).can_address }) {
                let wanted = others.joined(separator: " or ")
                notes.append("24-bit colours need terminfo's \(wanted), from the package ncurses-term; fewer are used")
            }
        } else if limit < .trueColor, own.colors > 256, let base = Self.base(term) {
            // In a direct entry a number is a colour's bytes: it has no palette to speak of.
            others = [base + "-256color", base]
        } else {
            others = []
        }
        name = others.first { pit_describe($0).can_address } ?? term
        leaveScreen = Self.text(pit_describe(name).leave_screen)
        self.notes = notes
    }

    private static func limit(_ options: TerminalOptions, _ environment: [String: String]) -> ColorDepth {
        switch options.color {
        // no-color.org: present and not empty.
        case .auto: environment["NO_COLOR"]?.isEmpty ?? true ? .trueColor : .none
        case .truecolor: .trueColor
        case .palette: .palette256
        case .sixteen: .sixteen
        case .none: .none
        }
    }

    /// GNU screen passes `COLORTERM` on and cannot do it.
    private static func hasTrueColor(_ options: TerminalOptions, _ environment: [String: String]) -> Bool {
        if options.color == .truecolor { return true }
        let isScreen = environment["STY"] != nil && environment["TMUX"] == nil
        return !isScreen && ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "")
    }

    private static func directNames(_ term: String) -> [String] {
        if term.hasPrefix("tmux") || term.hasPrefix("screen") { return ["tmux-direct"] }
        let stem = term.hasSuffix("-256color") ? String(term.dropLast(9)) : term
        return stem == "xterm" ? ["xterm-direct"] : [stem + "-direct", "xterm-direct"]
    }

    private static func base(_ term: String) -> String? {
        guard let end = term.firstRange(of: "-direct")?.lowerBound else { return nil }
        return String(term[..<end])
    }

    private static func text<Buffer>(_ buffer: Buffer) -> String {
        withUnsafeBytes(of: buffer) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// How deep the colours go on the screen that was opened.
    var depth: ColorDepth {
        guard has_colors() else { return .none }
        let colours = pit_colors()
        return min(limit, colours > 256 ? .trueColor : colours >= 256 ? .palette256 : colours >= 8 ? .sixteen : .none)
    }
}
