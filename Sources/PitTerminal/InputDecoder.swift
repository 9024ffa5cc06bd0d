public import PitGrid

/// Turns the bytes that a terminal sends into inputs. Sequences may be cut anywhere; what is not known is swallowed.
public struct InputDecoder: Sendable {
    /// Bytes of one paste that are kept.
    public static let pasteLimit = 1 << 20

    private var bytes: [UInt8] = []
    private var ready: [Input] = []
    private var paste: [UInt8]?
    private var lastClick: (point: Point, at: ContinuousClock.Instant, count: Int)?

    public init() {}

    /// Whether the start of a sequence waits for its rest.
    public var hasPending: Bool { !bytes.isEmpty && paste == nil }

    public mutating func take(_ new: some Sequence<UInt8>) {
        bytes += new
        while !bytes.isEmpty, let used = step() { bytes.removeFirst(min(used, bytes.count)) }
    }

    /// What has waited too long for its rest is taken for what it is.
    public mutating func flush() {
        guard paste == nil, let first = bytes.first else { return }
        if first == 0x1B {
            key("esc")
            let rest = Array(bytes.dropFirst())
            bytes = []
            take(rest)
        } else {
            bytes = []
        }
    }

    public mutating func inputs() -> [Input] {
        defer { ready = [] }
        return ready
    }

    /// Takes one input off the front; gives the bytes used, or nil when the rest has not come.
    private mutating func step() -> Int? {
        if paste != nil { return stepPaste() }
        let first = bytes[0]
        if first == 0x1B { return stepEscape() }
        if first < 0x20 || first == 0x7F {
            control(first)
            return 1
        }
        let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
        guard bytes.count >= length else { return nil }
        if let text = String(validating: bytes.prefix(length), as: UTF8.self), let character = text.first {
            key(character == " " ? "space" : String(character))
        }
        return length
    }

    private mutating func key(_ name: String) { ready.append(.key(Key(name))) }

    private mutating func control(_ byte: UInt8, prefix: String = "") {
        switch byte {
        case 0x0D, 0x0A: key(prefix + "enter")
        case 0x09: key(prefix + "tab")
        case 0x08: key(prefix + "backspace")
        case 0x7F: key(prefix + "backspace")
        case 0x00: key(prefix + "ctrl-space")
        case 0x1C...0x1F: key(prefix + "ctrl-" + ["\\", "]", "^", "_"][Int(byte - 0x1C)])
        default: key(prefix + "ctrl-" + String(UnicodeScalar(byte + 0x60)))
        }
    }

    private mutating func stepEscape() -> Int? {
        guard bytes.count >= 2 else { return nil }
        switch bytes[1] {
        case 0x5B: return stepCSI()
        case 0x4F: return stepSS3()
        case 0x5D, 0x50, 0x5F, 0x5E: return stepString()
        case 0x1B:
            key("esc")
            return 1
        case 0x00..<0x20, 0x7F:
            control(bytes[1], prefix: "alt-")
            return 2
        default:
            let length = bytes[1] < 0x80 ? 1 : bytes[1] >= 0xF0 ? 4 : bytes[1] >= 0xE0 ? 3 : 2
            guard bytes.count >= 1 + length else { return nil }
            if let text = String(validating: bytes[1..<1 + length], as: UTF8.self) { key("alt-" + text) }
            return 1 + length
        }
    }

    private mutating func stepSS3() -> Int? {
        guard bytes.count >= 3 else { return nil }
        let names: [UInt8: String] = [
            0x41: "up", 0x42: "down", 0x43: "right", 0x44: "left", 0x48: "home", 0x46: "end", 0x50: "f1", 0x51: "f2",
            0x52: "f3", 0x53: "f4",
            0x4D: "enter",
        ]
        if let name = names[bytes[2]] { key(name) }
        return 3
    }

    /// Replies of the terminal (OSC, DCS, APC): nothing of theirs is for us.
    private mutating func stepString() -> Int? {
        for index in 2..<max(2, bytes.count) {
            if bytes[index] == 0x07 { return index + 1 }
            if bytes[index] == 0x5C, bytes[index - 1] == 0x1B, index > 2 { return index + 1 }
        }
        return bytes.count > 4096 ? bytes.count : nil
    }

    private mutating func stepCSI() -> Int? {
        guard let end = bytes.indices.dropFirst(2).first(where: { (0x40...0x7E).contains(bytes[$0]) }) else {
            return bytes.count > 64 ? bytes.count : nil
        }
        // The old mouse report: three bytes follow the M.
        if end == 2, bytes[2] == 0x4D {
            guard bytes.count >= 6 else { return nil }
            mouse(button: Int(bytes[3]) - 32, Int(bytes[4]) - 33, Int(bytes[5]) - 33, isPress: true)
            return 6
        }
        let body = String(decoding: bytes[2..<end], as: UTF8.self)
        csi(body, final: bytes[end])
        return end + 1
    }

    private mutating func csi(_ body: String, final: UInt8) {
        if body.hasPrefix("<") {
            let numbers = body.dropFirst().split(separator: ";").compactMap { Int($0) }
            if numbers.count == 3 { mouse(button: numbers[0], numbers[1] - 1, numbers[2] - 1, isPress: final == 0x4D) }
            return
        }
        let numbers = body.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        let modifiers = numbers.count > 1 ? numbers[1] - 1 : 0
        let names: [UInt8: String] = [
            0x41: "up", 0x42: "down", 0x43: "right", 0x44: "left", 0x48: "home", 0x46: "end", 0x50: "f1", 0x51: "f2",
            0x52: "f3", 0x53: "f4",
        ]
        switch final {
        case 0x7E: tilde(numbers.first ?? 0, modifiers)
        case 0x5A: key("shift-tab")
        case 0x49: ready.append(.focus(true))
        case 0x4F: ready.append(.focus(false))
        default: if let name = names[final] { key(Self.modified(name, modifiers)) }
        }
    }

    private mutating func tilde(_ number: Int, _ modifiers: Int) {
        let names = [
            1: "home", 2: "insert", 3: "delete", 4: "end", 5: "pgup", 6: "pgdn", 7: "home", 8: "end", 11: "f1",
            12: "f2", 13: "f3", 14: "f4",
            15: "f5", 17: "f6", 18: "f7", 19: "f8", 20: "f9", 21: "f10", 23: "f11", 24: "f12",
        ]
        if number == 200 { paste = [] } else if let name = names[number] { key(Self.modified(name, modifiers)) }
    }

    private static func modified(_ name: String, _ modifiers: Int) -> String {
        (modifiers & 4 != 0 ? "ctrl-" : "") + (modifiers & 2 != 0 ? "alt-" : "") + (modifiers & 1 != 0 ? "shift-" : "")
            + name
    }

    /// Everything up to the end mark is text, whatever it looks like.
    private mutating func stepPaste() -> Int? {
        let mark = Array("\u{1B}[201~".utf8)
        if let start = bytes.firstRange(of: mark)?.lowerBound {
            keep(bytes[..<start])
            ready.append(.paste(String(decoding: paste ?? [], as: UTF8.self)))
            paste = nil
            return start + mark.count
        }
        // The end mark itself may be cut: as much as could be its start stays.
        let safe = max(0, bytes.count - mark.count + 1)
        keep(bytes[..<safe])
        bytes.removeFirst(safe)
        return nil
    }

    private mutating func keep(_ part: ArraySlice<UInt8>) {
        let room = Self.pasteLimit - (paste?.count ?? 0)
        paste?.append(contentsOf: part.prefix(max(0, room)))
    }

    private mutating func mouse(button: Int, _ x: Int, _ y: Int, isPress: Bool) {
        guard isPress, x >= 0, y >= 0, x < 10_000, y < 10_000 else { return }
        let point = Point(x, y)
        switch button & 0b1100_0011 {
        case 64: ready.append(.wheel(point, -1))
        case 65: ready.append(.wheel(point, 1))
        case 0 where button & 32 == 0:
            let now = ContinuousClock().now
            var count = 1
            if let last = lastClick, last.point == point, now - last.at < .milliseconds(400) { count = last.count + 1 }
            lastClick = (point, now, count)
            ready.append(.click(point, count: count))
        default: break
        }
    }
}
