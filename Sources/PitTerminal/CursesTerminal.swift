import CNcurses
import Glibc
public import PitGrid

/// The one owner of the tty. Not `Sendable`: it lives and dies on the thread that opened it.
///
/// The loop is: `show` a frame, `wait`, take the `inputs`, and again. Whatever ends the process, the terminal is left
/// as it was found.
public final class CursesTerminal {
    /// Why `wait` returned.
    public enum Wake: Equatable, Sendable {
        /// `inputs` has something, or may have.
        case input
        /// One of the descriptors given.
        case descriptor
        /// The terminal is gone.
        case hangup
        /// SIGTERM, SIGHUP, SIGINT: end now. A second one does not wait.
        case end(Int32)
        /// `size` is another, or all must be drawn anew.
        case resized
        /// SIGTSTP came from outside: call `suspend`.
        case stop
        case timeout
    }

    /// The most columns and rows that are used: a terminal may claim 65535 of each.
    static let largest = Size(2000, 1000)

    /// How many colours are shown.
    public private(set) var depth: ColorDepth
    /// What cells look like. Changing it repaints all of them at the next frame.
    public var theme: Theme { didSet { if theme != oldValue { forgetPaints() } } }
    /// What a person may want to know, such as a terminfo entry that is missing.
    public private(set) var notes: [String]
    /// Whether the locale can say more than ASCII.
    public let hasUnicode: Bool
    /// Which characters pictures should be made of here.
    public let glyphs: Glyphs
    /// The terminfo entry in use.
    public let entryName: String

    let entry: TerminalEntry
    let modes: TerminalModes
    /// Inside tmux, what is meant for the terminal around it must be wrapped.
    let isInTmux: Bool
    /// Whether notifications are asked for by OSC 777 and not by OSC 9.
    let understands777: Bool
    var decoder = InputDecoder()
    var shown: Frame?
    var paints: [Ink: Paint] = [:]
    var pairs: [UInt64: Int32] = [:]
    /// Colours where a style has none; -1 is the terminal's own.
    private(set) var defaultColours: (front: Int32, back: Int32) = (-1, -1)
    var hasTitle = false
    private(set) var isOpen = false
    /// The terminal was lent to the shell and is not taken up again.
    var isLent = false
    /// Signals that came while the process was stopped.
    var waitingSignals: [Int32] = []

    /// Takes the terminal over: raw mode, the alternate screen, colours and input modes.
    public init(theme: Theme, options: TerminalOptions, environment: [String: String]) throws(TerminalFault) {
        guard isatty(STDIN_FILENO) == 1 else { throw .noTerminal(.input) }
        guard isatty(STDOUT_FILENO) == 1 else { throw .noTerminal(.output) }
        entry = try TerminalEntry(options, environment)
        modes = TerminalModes(entry: entry, mouse: options.mouse)
        entryName = entry.name
        // Numbers stay as C writes them, for every library in the process.
        setlocale(LC_CTYPE, "")
        hasUnicode = String(cString: nl_langinfo(nl_item(CODESET))) == "UTF-8"
        glyphs = options.plain || !hasUnicode || entry.isPoor ? .ascii : .unicode
        isInTmux = !(environment["TMUX"] ?? "").isEmpty
        let term = environment["TERM"] ?? ""
        understands777 =
            term.hasPrefix("rxvt") || term.hasPrefix("foot") || !(environment["VTE_VERSION"] ?? "").isEmpty
        notes = entry.notes
        if !hasUnicode { notes.append("the locale is not UTF-8: pictures are ASCII; LC_ALL=C.UTF-8 brings the rest") }
        if entry.isPoor { notes.append("the Linux console's font has no Braille: pictures are ASCII") }
        (self.theme, depth) = (theme, .none)
        // The size is the terminal's, not what LINES and COLUMNS said when the shell started.
        use_env(false)
        use_tioctl(true)
        pit_guard(TerminalModes.leave(entry))
        guard let screen = pit_newterm(entry.name) else {
            pit_unguard()
            throw .failed(entry.name)
        }
        set_term(screen)
        isOpen = true
        setUp()
        _ = takeSize()
        // Enters the alternate screen before the modes are asked for: some terminals keep them per screen.
        refresh()
        send(modes.on + modes.question)
    }

    deinit { close() }

    private func setUp() {
        raw()
        noecho()
        nonl()
        typeahead(-1)
        // Keys are decoded here: curses would hand on in pieces what its terminfo entry does not name.
        keypad(pit_screen(), false)
        guard has_colors(), entry.limit > .none else { return }
        start_color()
        if use_default_colors() != OK { defaultColours = (7, 0) }
        depth = entry.depth
    }

    /// Columns and rows.
    public var size: Size {
        Size(min(Int(pit_cols()), Self.largest.width), min(Int(pit_lines()), Self.largest.height))
    }

    /// Leaves the terminal as it was found. More than once does no harm.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        if !isLent { leave() }
        pit_unguard()
    }

    func leave() {
        if hasTitle { send("\u{1B}[23;2t") }
        send(modes.off)
        curs_set(1)
        endwin()
        // An answer still on its way would be typed into the shell.
        if !modes.question.isEmpty, !decoder.hasAnswer { tcflush(STDIN_FILENO, TCIFLUSH) }
    }

    /// Stops the process as ctrl-z does, and takes the terminal up again when it is continued.
    ///
    /// Continued in the background, it stops again until it has the terminal, unless it was asked to end.
    public func suspend() {
        guard isOpen, !isLent else { return }
        leave()
        isLent = true
        // Where no shell waits for it, a process cannot stop, and the loop must not spin.
        for _ in 0..<100 {
            pit_stop()
            if pit_is_foreground() || pit_is_ending() { break }
        }
        while case let signal = pit_next_signal(), signal != 0 {
            // Size and screen are taken up below; that we were continued is no news.
            if signal != SIGCONT, signal != SIGWINCH, signal != SIGTSTP { waitingSignals.append(signal) }
        }
        if pit_is_foreground(), !pit_is_ending() { takeUp() }
    }

    /// Another program may have used the terminal meanwhile: nothing on it is as it was.
    func takeUp() {
        isLent = false
        if hasTitle { send("\u{1B}[22;2t") }
        _ = takeSize()
        redraw()
        refresh()
        send(modes.on)
    }

    /// SIGCONT: after a SIGSTOP nothing was left in order, so all is set anew. False where that cannot be.
    func isTakenUp() -> Bool {
        guard isOpen, pit_is_foreground() else { return false }
        if !isLent { endwin() }
        takeUp()
        return true
    }

    /// The terminal's size now; true when it is another than before.
    func takeSize() -> Bool {
        var (columns, rows): (Int32, Int32) = (0, 0)
        guard pit_terminal_size(&columns, &rows), columns != pit_cols() || rows != pit_lines() else { return false }
        resize_term(min(rows, Int32(Self.largest.height)), min(columns, Int32(Self.largest.width)))
        redraw()
        return true
    }

    /// Paints everything anew at the next frame.
    public func redraw() {
        shown = nil
        guard isOpen else { return }
        clearok(pit_screen(), true)
    }

    /// Writes to the terminal past curses: only what changes nothing that curses keeps in mind.
    func send(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if count < 0, errno == EINTR {
                continue
            } else {
                return
            }
        }
    }
}
