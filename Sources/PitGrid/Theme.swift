/// A colour as a theme writes it.
public struct RGB: Equatable, Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8
    public init(_ hex: UInt32) {
        (red, green, blue) = (UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255))
    }
}

/// How much colour a terminal can show.
public enum ColorDepth: Int, Comparable, Sendable, CaseIterable {
    case none, sixteen, palette256, trueColor
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Colours for meanings. A nil colour is the terminal's own.
public struct Theme: Equatable, Sendable {
    public var name: String
    public var roles: [Role: RGB]
    public var grounds: [Ground: RGB]
    public var heat: [RGB]
    public init(name: String, roles: [Role: RGB], grounds: [Ground: RGB], heat: [RGB]) {
        (self.name, self.roles, self.grounds, self.heat) = (name, roles, grounds, heat)
    }

    public static let plain = Theme(
        name: "plain",
        roles: [
            .ok: RGB(0x50FA7B), .warn: RGB(0xFFB86C), .fail: RGB(0xFF5555), .dim: RGB(0x6272A4), .key: RGB(0x8BE9FD),
            .title: RGB(0xBD93F9),
        ],
        grounds: [.selection: RGB(0x44475A), .overlay: RGB(0x21222C)],
        heat: [RGB(0x50FA7B), RGB(0xF1FA8C), RGB(0xFF5555)])

    public func color(_ ink: Ink) -> RGB? {
        guard ink.role == .heat, !heat.isEmpty else { return roles[ink.role] }
        return heat[min(heat.count - 1, Int(ink.level) * heat.count / 100)]
    }
}
