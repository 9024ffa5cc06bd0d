/// Text that may be put on a terminal. There is no way to make one that skips the sanitizer, and nothing but
/// this type can be drawn: that is what keeps a server's bytes from reaching the terminal raw.
public struct SafeText: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    CustomStringConvertible
{
    /// Free of control characters.
    public let description: String

    /// Makes any text safe: what must not reach a terminal is shown visibly.
    public init(_ raw: String) { description = Sanitizer.visible(raw) }

    public init(stringLiteral value: String) { self.init(value) }

    /// Columns it takes.
    public var columns: Int { description.columns }
}
