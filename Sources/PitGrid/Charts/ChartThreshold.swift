/// A level across a chart: what was promised, or where an alert fires.
public struct ChartThreshold: Equatable, Sendable {
    public var value: Double
    public var label: SafeText
    public var role: Role
    public init(_ value: Double, _ label: SafeText, role: Role = .warn) {
        (self.value, self.label, self.role) = (value, label, role)
    }
}
