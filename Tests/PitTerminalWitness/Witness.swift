import Glibc
import PitGrid
import PitTerminal
import PitTestKit

/// Shows what a terminal does, and ends in every way a program can. Tests look at it through a real terminal.
@main
struct Witness {
    static func main() {
        var witness = Witness(arguments: Array(CommandLine.arguments.dropFirst()))
        do {
            exit(try witness.run())
        } catch let fault as TerminalFault {
            complain("witness: \(fault.summary)\n\(fault.hint)")
            exit(3)
        } catch {
            complain("witness: failed")
            exit(4)
        }
    }

    private static func complain(_ words: String) {
        let bytes = Array((words + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    private struct Failed: Error {}

    private var options = TerminalOptions()
    private var log: [SafeText] = []
    private var theme = 0
    private var frames = 0
    /// With `--hostile`, names that a hostile server would send, a screen of them after each key.
    private var hostile: HostileText?
    private var names: [SafeText] = []

    private static let themes = [
        Theme(
            name: "one", roles: [.ok: RGB(0x50FA7B), .text: RGB(0xF8F8F2), .fail: RGB(0x000003)],
            grounds: [.selection: RGB(0x44475A)], heat: [RGB(0x50FA7B), RGB(0xFF5555)]),
        Theme(name: "two", roles: [.ok: RGB(0x123456)], grounds: [:], heat: []),
    ]

    private init(arguments: [String]) {
        for argument in arguments {
            switch argument {
            case "--plain": options.plain = true
            case "--no-mouse": options.mouse = false
            case "--hostile": hostile = HostileText(seed: 11)
            default: options.color = TerminalOptions.Color(rawValue: argument) ?? .auto
            }
        }
    }

    private mutating func run() throws -> Int32 {
        let terminal = try CursesTerminal(theme: Self.themes[0], options: options, environment: Self.environment)
        terminal.setTitle("witness \u{1B}]2;forged\u{07}")
        log += terminal.notes.map { SafeText("note \($0)") }
        while true {
            terminal.show(hostile == nil ? frame(terminal) : hostileFrame(terminal))
            frames += 1
            for wake in terminal.wait([], milliseconds: -1) {
                switch wake {
                case .end(let signal):
                    terminal.close()
                    terminal.close()
                    print("ended by \(signal)")
                    return 128 + signal
                case .hangup: return 5
                case .stop: terminal.suspend()
                case .resized, .input, .descriptor, .timeout: break
                }
            }
            while let input = terminal.read() {
                log.append(Self.words(input))
                if let status = try act(on: input, terminal) { return status }
            }
        }
    }

    private static func words(_ input: Input) -> SafeText {
        switch input {
        case .key(let key): "key \(key)"
        case .click(let point, let count): "click \(point.x),\(point.y) \(count)"
        case .wheel(let point, let lines): "wheel \(point.x),\(point.y) \(lines)"
        case .paste(let text): "paste \(text.debugDescription)"
        case .resize(let size): "resize \(size.width)x\(size.height)"
        case .focus(let isFocused): "focus \(isFocused)"
        }
    }

    private mutating func act(on input: Input, _ terminal: CursesTerminal) throws -> Int32? {
        guard case .key(let key) = input else { return nil }
        names = []
        switch key {
        case "q": return 0
        case "E": throw Failed()
        case "X": exit(7)
        case "T": Self.trap(log.count)
        case "S": Self.fault()
        case "A": abort()
        case "O": log.append("\(Self.overflow(frames))")
        case "H": while true { pause() }
        case "ctrl-z": terminal.suspend()
        case "e":
            let script = getenv("LENT").map { String(cString: $0) } ?? "exit 9"
            log.append("lent \("\(terminal.lend(to: ["/bin/sh", "-c", script], environment: Self.environment))")")
        case "w":
            theme = 1 - theme
            terminal.theme = Self.themes[theme]
        case "c": log.append("copied \(terminal.copy("pit wall ✓"))")
        case "C": log.append("copied \(terminal.copy(String(repeating: "x", count: 100_000)))")
        case "n":
            terminal.notify(title: "witness", "late; \u{1B}]2;forged\u{07} 監")
            log.append("notified")
        default: break
        }
        return nil
    }

    private func frame(_ terminal: CursesTerminal) -> Frame {
        var frame = Frame(terminal.size, glyphs: terminal.glyphs)
        let size = frame.size
        frame.text(
            "\(size.width)x\(size.height) \(terminal.depth) \(terminal.glyphs) \(terminal.entryName)", at: Point(0, 0))
        frame.text("pid \(getpid()) log \(log.count)", at: Point(0, 1))
        frame.text("green", at: Point(0, 2), ink: Ink(.ok))
        frame.text("chosen", at: Point(6, 2), ink: Ink(.text, on: .selection))
        frame.text("black", at: Point(13, 2), ink: Ink(.fail))
        frame.text("dim", at: Point(19, 2), ink: Ink(.dim))
        let rest = Zoo.draw(on: &frame, from: 3)
        for (index, line) in log.suffix(max(0, size.height - rest)).enumerated() {
            frame.text(line, at: Point(0, rest + index))
        }
        // The last place of all, which terminals scroll behind if it is printed to carelessly.
        if size.width > 0, size.height > 0 { frame.set("+", at: Point(size.width - 1, size.height - 1), ink: Ink()) }
        frame.cursor = Point(0, min(1, size.height - 1))
        return frame
    }

    private mutating func hostileFrame(_ terminal: CursesTerminal) -> Frame {
        var frame = Frame(terminal.size, glyphs: terminal.glyphs)
        frame.text("log \(log.count)", at: Point(0, 0))
        while names.count < frame.size.height - 1 { names.append(SafeText(bytes: hostile?.next() ?? [])) }
        for (index, name) in names.enumerated() {
            frame.text(name, in: Rect(0, index + 1, 60, 1), align: index % 2 == 0 ? .left : .right)
            frame.text("\u{2551}", at: Point(60, index + 1))
        }
        return frame
    }

    // MARK: ends

    private static func trap(_ index: Int) { print([Int]()[index]) }

    private static func fault() { UnsafeMutablePointer<Int>(bitPattern: 16)?.pointee = 1 }

    @inline(never)
    private static func overflow(_ depth: Int) -> Int {
        depth < 0 ? 0 : 1 + overflow(depth + 1) &* (depth | 1)
    }

    private static var environment: [String: String] {
        var all: [String: String] = [:]
        for name in ["TERM", "COLORTERM", "NO_COLOR", "TMUX", "STY"] {
            if let value = getenv(name) { all[name] = String(cString: value) }
        }
        return all
    }
}
