public import PitGrid

/// An input, and when its bytes were read.
public struct ArrivedInput: Equatable, Sendable {
    public var input: Input
    public var at: ContinuousClock.Instant
    public init(input: Input, at: ContinuousClock.Instant) { (self.input, self.at) = (input, at) }
}

/// Turns the bytes that a terminal sends into inputs. Sequences may be cut anywhere; what is not known is swallowed.
///
/// Time is given by the caller: a lone escape is the key only if nothing follows it, and that takes a clock to know.
public struct InputDecoder: Sendable {
    /// Bytes of one paste that are kept; the rest is dropped.
    public static let pasteLimit = 1 << 20
    /// How long an escape waits for what would make it the start of a sequence.
    public static let escapeDelay = Duration.milliseconds(25)
    /// How long a sequence that has begun waits for its rest, and a paste for its end.
    public static let restDelay = Duration.seconds(1)
    /// The longest sequence that is looked at.
    static let sequenceLimit = 256

    /// Whether the terminal said that it can show a frame at once (mode 2026).
    public internal(set) var canSynchronize = false
    /// Whether the terminal has answered the question for what it is.
    public internal(set) var hasAnswer = false

    private var bytes: [UInt8] = []
    private var ready: [ArrivedInput] = []
    private var paste: [UInt8]?
    private var skipped: Skipped?
    private var lastBytes: ContinuousClock.Instant?
    private var lastClick: (point: Point, at: ContinuousClock.Instant, count: Int)?

    /// What is being thrown away until its end comes.
    enum Skipped: Sendable { case sequence, string }

    public init() {}

    /// Whether an input is ready.
    public var hasInputs: Bool { !ready.isEmpty }

    /// All inputs that are ready.
    public mutating func inputs() -> [Input] { arrived().map(\.input) }

    /// The same, and when each came.
    public mutating func arrived() -> [ArrivedInput] {
        defer { ready = [] }
        return ready
    }

    /// The next input that is ready.
    public mutating func next() -> Input? { ready.isEmpty ? nil : ready.removeFirst().input }

    /// Takes bytes as they came.
    public mutating func take(_ new: some Sequence<UInt8>, at now: ContinuousClock.Instant) {
        bytes += new
        lastBytes = now
        var start = 0
        while start < bytes.count, let used = step(bytes[start...]) { start += max(1, used) }
        bytes.removeFirst(min(start, bytes.count))
    }

    private var delay: Duration? {
        if paste != nil || skipped != nil { return Self.restDelay }
        if bytes.isEmpty { return nil }
        return isAmbiguous ? Self.escapeDelay : Self.restDelay
    }

    /// What waits may be a whole key already: escape, or alt and a character that also begins sequences.
    private var isAmbiguous: Bool { bytes.first == 0x1B && bytes.count <= 2 && bytes.allSatisfy { $0 < 0x7F } }

    /// Milliseconds until `settle` has something to do; nil when nothing waits.
    public func patience(at now: ContinuousClock.Instant) -> Int32? {
        guard let delay, let lastBytes else { return nil }
        let left = delay - lastBytes.duration(to: now)
        let milliseconds = left / .milliseconds(1)
        return Int32(min(10_000, max(0, milliseconds.rounded(.up))))
    }

    /// Takes what has waited too long for its rest for what it is.
    public mutating func settle(at now: ContinuousClock.Instant) {
        guard let delay, let lastBytes, lastBytes.duration(to: now) >= delay else { return }
        if paste != nil {
            keep(bytes[...])
            finishPaste()
        } else if isAmbiguous {
            key(bytes.count == 1 ? "esc" : "alt-" + String(UnicodeScalar(bytes[1])))
        }
        (bytes, skipped) = ([], nil)
    }

    mutating func key(_ name: String) { add(.key(Key(name))) }
    mutating func focus(_ isFocused: Bool) { add(.focus(isFocused)) }

    /// What is read at once came at once.
    private mutating func add(_ input: Input) {
        ready.append(ArrivedInput(input: input, at: lastBytes ?? ContinuousClock().now))
    }

    mutating func beginPaste() { paste = [] }
    mutating func skip(_ what: Skipped) { skipped = what }

    /// Takes one input off the front; gives the bytes used, or nil when the rest has not come.
    private mutating func step(_ slice: ArraySlice<UInt8>) -> Int? {
        if paste != nil { return stepPaste(slice) }
        if let skipped { return stepSkipped(slice, skipped) }
        switch slice[slice.startIndex] {
        case 0x1B: return stepEscape(slice)
        case 0x00..<0x20, 0x7F:
            key(KeyNames.control(slice[slice.startIndex]))
            return 1
        default: return stepText(slice)
        }
    }

    /// Text as the graphemes that came together: a mark belongs to the letter before it.
    private mutating func stepText(_ slice: ArraySlice<UInt8>) -> Int? {
        let run = slice.prefix { $0 >= 0x20 && $0 != 0x7F }
        let whole = run.dropLast(run.count == slice.count ? KeyNames.unfinished(run) : 0)
        guard !whole.isEmpty else { return nil }
        for character in String(decoding: whole, as: UTF8.self) {
            if let name = KeyNames.text(character) { key(name) }
        }
        return whole.count
    }

    private mutating func stepSkipped(_ slice: ArraySlice<UInt8>, _ what: Skipped) -> Int? {
        for index in slice.indices {
            let byte = slice[index]
            if what == .string, byte == 0x1B {
                // The string ends here; how, only the next byte tells.
                guard index == slice.startIndex else { return index - slice.startIndex }
                guard let next = slice.dropFirst().first else { return nil }
                skipped = nil
                return next == 0x5C ? 2 : stepEscape(slice)
            }
            let isEnd = what == .sequence ? (0x40...0x7E).contains(byte) : byte == 0x07
            if isEnd || byte == 0x18 || byte == 0x1A {
                skipped = nil
                return index - slice.startIndex + 1
            }
        }
        return slice.count
    }

    // MARK: paste

    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    /// Everything up to the end mark is text, whatever it looks like.
    private mutating func stepPaste(_ slice: ArraySlice<UInt8>) -> Int? {
        let mark = Self.pasteEnd
        if let start = slice.firstRange(of: mark)?.lowerBound {
            keep(slice[..<start])
            finishPaste()
            return start - slice.startIndex + mark.count
        }
        // The end mark itself may be cut: as much as could be its start stays.
        let kept = (1..<mark.count).last { slice.suffix($0).elementsEqual(mark.prefix($0)) } ?? 0
        guard kept < slice.count else { return nil }
        keep(slice.dropLast(kept))
        return slice.count - kept
    }

    private mutating func keep(_ part: ArraySlice<UInt8>) {
        let room = Self.pasteLimit - (paste?.count ?? 0)
        paste?.append(contentsOf: part.prefix(max(0, room)))
    }

    private mutating func finishPaste() {
        var text = (paste ?? [])[...]
        paste = nil
        if text.count == Self.pasteLimit { text = text.dropLast(KeyNames.unfinished(text)) }
        // Terminals send a line's end as they send the enter key.
        let lines = String(decoding: text, as: UTF8.self)
            .map { $0 == "\r" || $0 == "\r\n" ? "\n" : $0 }
        add(.paste(String(lines)))
    }

    // MARK: mouse

    /// A report of the mouse: the left button and the wheel count, the rest is not asked for.
    mutating func mouse(button: Int, x: Int, y: Int, isPress: Bool) {
        guard isPress, (0..<10_000).contains(x), (0..<10_000).contains(y), let now = lastBytes else { return }
        let point = Point(x, y)
        // Bits 2...4 are shift, alt and ctrl; 5 is motion, 6 and 7 name further buttons.
        switch button & 0b1110_0011 {
        case 64: add(.wheel(point, -1))
        case 65: add(.wheel(point, 1))
        case 0:
            var count = 1
            if let last = lastClick, last.point == point, last.at.duration(to: now) < .milliseconds(400) {
                count = min(3, last.count + 1)
            }
            lastClick = (point, now, count)
            add(.click(point, count: count))
        default: break
        }
    }
}
