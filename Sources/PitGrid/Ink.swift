/// What a cell means. A theme decides, at flush, which colour that is.
public enum Role: UInt8, CaseIterable, Hashable, Sendable, Codable {
    case text, dim, title, border, focus, key, ok, notice, warn, fail, unknown, heat
    /// Lines of a chart that stand for different things, told apart by colour and by legend.
    case series1, series2, series3, series4, series5, series6
}

/// The ground a cell stands on.
public enum Ground: UInt8, CaseIterable, Hashable, Sendable, Codable {
    case page, panel, selection, overlay
    /// The top and bottom line.
    case bar
    /// The top line while the console shows the past.
    case past
}

/// A cell's meaning: a role, the ground under it, and, for `.heat`, a level of 0...100.
public struct Ink: Equatable, Hashable, Sendable {
    public var role: Role
    public var ground: Ground
    public var level: UInt8
    public var isStrong: Bool

    public init(_ role: Role = .text, on ground: Ground = .page, level: UInt8 = 0, strong: Bool = false) {
        (self.role, self.ground, self.level, self.isStrong) = (role, ground, level, strong)
    }

    public static func heat(_ percent: Double, on ground: Ground = .page) -> Ink {
        Ink(.heat, on: ground, level: UInt8(min(100, max(0, percent.isNaN ? 0 : percent))))
    }

    /// The same meaning on another ground.
    public func on(_ ground: Ground) -> Ink { Ink(role, on: ground, level: level, strong: isStrong) }
}
