/// A colour as a theme writes it.
public struct RGB: Equatable, Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8
    public init(_ hex: UInt32) {
        (red, green, blue) = (UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255))
    }
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) { (self.red, self.green, self.blue) = (red, green, blue) }

    /// `#rrggbb` or `#rgb`.
    public init?(text: String) {
        var digits = text.dropFirst(text.hasPrefix("#") ? 1 : 0)
        if digits.count == 3 { digits = digits.flatMap { [$0, $0] }[...].reduce(into: "") { $0.append($1) }[...] }
        guard digits.count == 6, let value = UInt32(digits, radix: 16) else { return nil }
        self.init(value)
    }

    public var hex: String {
        func two(_ value: UInt8) -> String { (value < 16 ? "0" : "") + String(value, radix: 16) }
        return "#\(two(red))\(two(green))\(two(blue))"
    }
}

/// How much colour a terminal can show.
public enum ColorDepth: Int, Comparable, Sendable, CaseIterable {
    case none, sixteen, palette256, trueColor
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What a cell looks like: colours (nil is the terminal's own) and attributes.
public struct Style: Equatable, Hashable, Sendable {
    public var foreground: RGB?
    public var background: RGB?
    public var isBold = false
    public var isUnderlined = false
    public var isReversed = false
    public var isDim = false
}

/// Colours for meanings.
public struct Theme: Equatable, Sendable {
    public var name: String
    public var isLight: Bool
    public var roles: [Role: RGB]
    public var grounds: [Ground: RGB]
    /// From calm to hot.
    public var heat: [RGB]

    public init(name: String, isLight: Bool = false, roles: [Role: RGB], grounds: [Ground: RGB], heat: [RGB]) {
        (self.name, self.isLight, self.roles, self.grounds, self.heat) = (name, isLight, roles, grounds, heat)
    }

    /// No colours at all: what is told by colour elsewhere is told by weight, line and reversal.
    public static let plain = Theme(name: "plain", roles: [:], grounds: [:], heat: [])

    /// The look of an ink on a terminal of some depth. Without colour, meaning is carried by attributes.
    public func style(_ ink: Ink, depth: ColorDepth) -> Style {
        var style = Style()
        style.isBold = ink.isStrong
        if depth == .sixteen {
            // Sixteen colours are the terminal's own: by meaning, never by likeness.
            style.foreground = ink.sixteen.map { RGB.sixteen[$0] }
        } else if depth > .none {
            style.foreground = color(ink)
            style.background = grounds[ink.ground]
        }
        if style.foreground == nil || depth == .none {
            switch ink.role {
            case .fail: (style.isBold, style.isUnderlined) = (true, true)
            case .warn, .title, .focus: style.isBold = true
            case .key: style.isUnderlined = true
            case .dim, .border: style.isDim = depth == .none || roles.isEmpty
            default: break
            }
        }
        if style.background == nil || depth == .none {
            switch ink.ground {
            case .selection, .bar, .past: style.isReversed = true
            default: break
            }
            if ink.ground == .past { style.isUnderlined = true }
        }
        return style
    }

    private func color(_ ink: Ink) -> RGB? {
        guard ink.role == .heat else { return roles[ink.role] ?? roles[.text] }
        guard let first = heat.first, let last = heat.last else { return roles[.text] }
        let position = Double(min(100, ink.level)) / 100 * Double(heat.count - 1)
        let index = Int(position)
        guard index + 1 < heat.count else { return last }
        return heat.isEmpty ? first : heat[index].mixed(with: heat[index + 1], position - Double(index))
    }
}

extension Ink {
    /// Which of sixteen colours stands for the meaning; nil is the terminal's own.
    fileprivate var sixteen: Int? {
        switch role {
        case .text, .title, .border: nil
        case .dim: 8
        case .ok, .series2: 2
        case .warn, .series3: 3
        case .fail, .series4: 1
        case .notice, .key, .focus, .series1, .series6: 6
        case .unknown, .series5: 5
        case .heat: level < 50 ? 2 : level < 80 ? 3 : 1
        }
    }
}

extension RGB {
    func mixed(with other: RGB, _ share: Double) -> RGB {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded()) }
        return RGB(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
    }

    /// Relative luminance (WCAG 2.2).
    public var luminance: Double {
        func linear(_ value: UInt8) -> Double {
            let v = Double(value) / 255
            return v <= 0.04045 ? v / 12.92 : RGB.power((v + 0.055) / 1.055)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// x^2.4 for x in 0...1: x² times the fifth root of x², by Newton's method.
    private static func power(_ x: Double) -> Double {
        let square = x * x
        var root = 0.7
        for _ in 0..<40 { root -= (root * root * root * root * root - square) / (5 * root * root * root * root) }
        return square * root
    }

    /// The contrast of two colours, 1...21 (WCAG 2.2).
    public func contrast(with other: RGB) -> Double {
        let (a, b) = (luminance, other.luminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    /// The nearest of the 256 colours: the 6x6x6 cube or the ramp of greys.
    public var in256: Int {
        func level(_ v: UInt8) -> Int { v < 48 ? 0 : v < 115 ? 1 : (Int(v) - 35) / 40 }
        let steps = [0, 95, 135, 175, 215, 255]
        let (r, g, b) = (level(red), level(green), level(blue))
        let cube = RGB(UInt8(steps[r]), UInt8(steps[g]), UInt8(steps[b]))
        let grey = max(0, min(23, (Int(red) + Int(green) + Int(blue) - 24) / 30))
        let shade = UInt8(8 + grey * 10)
        return distance(to: RGB(shade, shade, shade)) < distance(to: cube) ? 232 + grey : 16 + 36 * r + 6 * g + b
    }

    /// The nearest of the 16 colours that terminals have.
    public var in16: Int {
        var best = 0
        for index in RGB.sixteen.indices where distance(to: RGB.sixteen[index]) < distance(to: RGB.sixteen[best]) {
            best = index
        }
        return best
    }

    fileprivate static let sixteen: [RGB] = [
        RGB(0x000000), RGB(0xCD0000), RGB(0x00CD00), RGB(0xCDCD00), RGB(0x3465E8), RGB(0xCD00CD), RGB(0x00CDCD),
        RGB(0xE5E5E5),
        RGB(0x7F7F7F), RGB(0xFF5555), RGB(0x55FF55), RGB(0xFFFF55), RGB(0x5C5CFF), RGB(0xFF55FF), RGB(0x55FFFF),
        RGB(0xFFFFFF),
    ]

    /// A weighted distance near to what eyes see ("redmean", Thiadmer Riemersma).
    private func distance(to other: RGB) -> Int {
        let mean = (Int(red) + Int(other.red)) / 2
        let (r, g, b) = (Int(red) - Int(other.red), Int(green) - Int(other.green), Int(blue) - Int(other.blue))
        return ((512 + mean) * r * r) / 256 + 4 * g * g + ((767 - mean) * b * b) / 256
    }
}
