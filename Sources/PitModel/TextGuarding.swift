/// Judges exchanges by a model or a service of its own: slower than what is built in, and it may fail.
public protocol TextGuarding: Connector {
    /// What it finds in an exchange. What it is told leaves this machine as it is, nothing taken out.
    func check(_ exchange: Interaction) async throws(ConnectorFault) -> [Finding]
}

extension Finding {
    /// The detector under which guards' findings stand.
    public static let guardDetector = "guard"
}
