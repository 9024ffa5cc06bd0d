import CNcurses
import Glibc
public import PitGrid

/// The one owner of the tty. Not `Sendable`: it lives and dies on the thread that opened it.
public final class CursesTerminal {
    public enum Wake: Equatable, Sendable {
        case input
        /// One of the descriptors given.
        case descriptor
        case hangup
        /// SIGTERM, SIGHUP, SIGINT: end now.
        case end(Int32)
        case resized
        /// ctrl-z came from outside.
        case stop
        case timeout
    }

    public private(set) var depth: ColorDepth
    public var theme: Theme { didSet { shown = nil } }
    /// What a person may want to know: a terminfo entry that is missing.
    public private(set) var notes: [String] = []
    /// Whether the locale can say more than ASCII.
    public let hasUnicode: Bool
    private var shown: Frame?
    private var isOpen = true
    private let options: TerminalOptions
    private var decoder = InputDecoder()
    private var pairs: [UInt64: Int32] = [:]

    public init(theme: Theme, options: TerminalOptions, environment: [String: String]) throws(TerminalFault) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { throw .noTerminal }
        let term = environment["TERM"] ?? ""
        switch pit_can_address(term) {
        case 1: break
        case 0: throw .dumb(term)
        default: throw .unknown(term)
        }
        setlocale(LC_ALL, "")
        hasUnicode = String(cString: nl_langinfo(nl_item(CODESET))) == "UTF-8"
        (self.theme, self.options) = (theme, options)
        pit_guard()
        let wantsDirect = Self.wantsDirect(options, environment)
        let direct = term.hasPrefix("tmux") || term.hasPrefix("screen") ? "tmux-direct" : "xterm-direct"
        var screen = wantsDirect ? pit_newterm(direct) : nil
        if wantsDirect, screen == nil {
            notes.append("no terminfo entry \(direct): 256 colours are used; the package ncurses-term has it")
        }
        if screen == nil { screen = pit_newterm(term) }
        guard let screen else {
            pit_unguard()
            throw .failed(term)
        }
        set_term(screen)
        depth = .none
        setUp()
        depth = Self.depth(options, environment)
    }

    deinit { close() }

    private static func wantsDirect(_ options: TerminalOptions, _ environment: [String: String]) -> Bool {
        switch options.color {
        case .truecolor: true
        case .auto: environment["NO_COLOR"] == nil && ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "")
        default: false
        }
    }

    private static func depth(_ options: TerminalOptions, _ environment: [String: String]) -> ColorDepth {
        let colours = has_colors() ? pit_colors() : 0
        let able: ColorDepth =
            colours > 256 ? .trueColor : colours >= 256 ? .palette256 : colours >= 8 ? .sixteen : .none
        switch options.color {
        case .auto: return environment["NO_COLOR"].map { !$0.isEmpty } ?? false ? .none : able
        case .truecolor: return able
        case .palette: return min(able, .palette256)
        case .sixteen: return min(able, .sixteen)
        case .none: return .none
        }
    }

    private func setUp() {
        raw()
        noecho()
        nonl()
        curs_set(0)
        // Keys are decoded here: ncurses would eat sequences that it does not know.
        keypad(pit_screen(), false)
        if has_colors() {
            start_color()
            use_default_colors()
        }
        send(modesOn)
    }

    private var modesOn: String { "\u{1B}[?2004h\u{1B}[?1004h" + (options.mouse ? "\u{1B}[?1000h\u{1B}[?1006h" : "") }

    /// Leaves the terminal as it was found. More than once does no harm.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        send("\u{1B}[?1006l\u{1B}[?1000l\u{1B}[?1004l\u{1B}[?2004l")
        curs_set(1)
        endwin()
        pit_unguard()
    }

    public var size: Size { Size(Int(pit_cols()), Int(pit_lines())) }

    private func send(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    // MARK: output

    /// Shows a frame, touching only what changed.
    public func show(_ frame: Frame) {
        let (theme, depth) = (theme, depth)
        frame.changes(since: shown ?? Frame(Size(0, 0))) { point, cell in
            guard cell.span > 0 else { return }
            put(cell, at: point, theme.style(cell.ink, depth: depth))
        }
        if let cursor = frame.cursor, frame.area.contains(cursor) {
            move(Int32(cursor.y), Int32(cursor.x))
            curs_set(1)
        } else {
            curs_set(0)
        }
        refresh()
        shown = frame
    }

    /// Paints everything anew at the next frame.
    public func redraw() {
        shown = nil
        clearok(pit_screen(), true)
    }

    private func put(_ cell: Cell, at point: Point, _ style: Style) {
        var glyph: [wchar_t] = []
        for (index, scalar) in cell.glyph.unicodeScalars.enumerated() {
            // ncurses draws one base and its marks; joiners and selectors would end up beside it.
            let isMark = index > 0 && pit_width(wchar_t(scalar.value)) == 0
            let joins = scalar.value == 0x200D || scalar.value == 0xFE0F || scalar.value == 0xFE0E
            guard index == 0 || (isMark && !joins && glyph.count < 5) else { continue }
            glyph.append(wchar_t(scalar.value))
        }
        let width = glyph.first.map { Int(pit_width($0)) } ?? 1
        if width != Int(cell.span) || (!hasUnicode && (glyph.first ?? 0) > 0x7E) {
            // The library would move on by another number of columns than the frame counts.
            glyph = [wchar_t(width == 1 && cell.span == 2 ? glyph.first ?? 63 : 63)]
            if cell.span == 2 { _ = pit_put(Int32(point.y), Int32(point.x + 1), [32, 0], 0, pair(style)) }
        }
        var attributes: attr_t = 0
        if style.isBold { attributes |= pit_bold() }
        if style.isDim { attributes |= pit_dim() }
        if style.isUnderlined { attributes |= pit_underline() }
        if style.isReversed { attributes |= pit_reverse() }
        _ = pit_put(Int32(point.y), Int32(point.x), glyph + [0], attributes, pair(style))
    }

    private func pair(_ style: Style) -> Int32 {
        guard depth > .none else { return 0 }
        let (front, back) = (code(style.foreground), code(style.background))
        let key = UInt64(UInt32(bitPattern: front)) << 32 | UInt64(UInt32(bitPattern: back))
        if let known = pairs[key] { return known }
        guard pairs.count < min(Int(pit_pairs()), 32000) - 1 else { return 0 }
        let pair = max(0, alloc_pair(front, back))
        pairs[key] = pair
        return pair
    }

    private func code(_ colour: RGB?) -> Int32 {
        guard let colour else { return -1 }
        switch depth {
        case .trueColor: return Int32(colour.red) << 16 | Int32(colour.green) << 8 | Int32(colour.blue)
        case .palette256: return Int32(colour.in256)
        default: return Int32(colour.in16) % max(8, min(16, pit_colors()))
        }
    }

    // MARK: input

    /// Waits until something is to be done, and says what.
    public func wait(_ descriptors: [Int32], milliseconds: Int32) -> [Wake] {
        if decoder.hasPending, let wake = waitForRest() { return wake }
        var waits = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pit_signal_pipe(), events: Int16(POLLIN), revents: 0),
        ]
        waits += descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let count = poll(&waits, nfds_t(waits.count), milliseconds)
        if count == 0 { return [.timeout] }
        var wakes: [Wake] = []
        if waits[1].revents != 0 { wakes += signals() }
        if waits[0].revents & Int16(POLLIN) != 0 {
            wakes.append(readBytes() ? .input : .hangup)
        } else if waits[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 {
            wakes.append(.hangup)
        }
        if waits.dropFirst(2).contains(where: { $0.revents != 0 }) { wakes.append(.descriptor) }
        return wakes
    }

    /// A sequence may come in pieces; an escape that stays alone for 25 ms is the key.
    private func waitForRest() -> [Wake]? {
        var waits = [pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)]
        if poll(&waits, 1, 25) > 0 { return nil }
        decoder.flush()
        return [.input]
    }

    private func readBytes() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
        if count > 0 { decoder.take(bytes.prefix(count)) }
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    private func signals() -> [Wake] {
        var wakes: [Wake] = []
        while true {
            switch pit_next_signal() {
            case 0: return wakes
            case SIGWINCH: if takeSize() { wakes.append(.resized) }
            case SIGTSTP: wakes.append(.stop)
            case SIGCONT: redraw()
            case let signal: wakes.append(.end(signal))
            }
        }
    }

    private func takeSize() -> Bool {
        var (columns, rows): (Int32, Int32) = (0, 0)
        guard pit_terminal_size(&columns, &rows) == 1 else { return false }
        resizeterm(rows, columns)
        redraw()
        return true
    }

    /// The inputs that have come since.
    public func inputs() -> [Input] { decoder.inputs() }

    /// Stops the process as ctrl-z does, and takes the terminal up again when it is continued.
    public func suspend() {
        send("\u{1B}[?1006l\u{1B}[?1000l\u{1B}[?1004l\u{1B}[?2004l")
        curs_set(1)
        endwin()
        pit_stop()
        setUp()
        _ = takeSize()
        redraw()
        refresh()
    }

    /// Puts text on the clipboard of the terminal that the person sits at (OSC 52); false when it is too long.
    public func copy(_ text: String) -> Bool {
        let encoded = Base64.encode(Array(text.utf8))
        guard encoded.count <= 74_994 else { return false }
        send("\u{1B}]52;c;\(encoded)\u{07}")
        return true
    }

    /// The window's title; control characters are shown, not sent.
    public func setTitle(_ title: SafeText) { send("\u{1B}]2;\(title.description.prefix(120))\u{07}") }
}

/// RFC 4648, with padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let three = (0..<3).map { start + $0 < bytes.count ? UInt32(bytes[start + $0]) : 0 }
            let word = three[0] << 16 | three[1] << 8 | three[2]
            for part in 0..<4 {
                let isPadding = start + part > bytes.count
                result.append(isPadding ? 0x3D : alphabet[Int(word >> UInt32(18 - 6 * part) & 63)])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
