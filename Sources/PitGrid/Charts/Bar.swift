/// One bar of a bar chart.
public struct Bar: Equatable, Sendable {
    public var label: SafeText
    /// Nil is not known: no bar, and `--`. Below 0 there is no bar either, but the figure.
    public var value: Double?
    public var ink: Ink

    public init(_ label: SafeText, _ value: Double?, ink: Ink = Ink(.series1)) {
        (self.label, self.value, self.ink) = (label, value, ink)
    }
}
