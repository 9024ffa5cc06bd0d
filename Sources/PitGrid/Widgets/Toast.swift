/// A short message over the screen.
public struct Toast: Equatable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable { case ok, notice, warn, fail }

    public var kind: Kind
    public var text: SafeText
    /// What to do about it, on a second line.
    public var detail: SafeText?

    public init(_ kind: Kind, _ text: SafeText, detail: SafeText? = nil) {
        (self.kind, self.text, self.detail) = (kind, text, detail)
    }

    var role: Role {
        switch kind {
        case .ok: .ok
        case .notice: .notice
        case .warn: .warn
        case .fail: .fail
        }
    }

    func glyph(_ frame: Frame) -> Character {
        switch kind {
        case .ok: frame.pick("✓", "+")
        case .notice: frame.pick("●", "i")
        case .warn: frame.pick("▲", "!")
        case .fail: frame.pick("✗", "x")
        }
    }
}
