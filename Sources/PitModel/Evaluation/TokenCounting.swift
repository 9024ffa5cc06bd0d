/// What a server is asked to count the tokens of.
public enum TokenizedText: Hashable, Sendable {
    case text(String)
    /// With what the model's own chat template puts around it.
    case chat([ChatMessage])
}

/// What a server says of a text: how many tokens it has, and how many the model takes at most, where it says so.
public struct TokenCount: Equatable, Sendable {
    public var count: Int
    public var limit: Int?
    public init(_ count: Int, limit: Int? = nil) { (self.count, self.limit) = (count, limit) }
}

/// A server that counts tokens as its model does.
public protocol TokenCounting: Connector {
    /// - Parameter model: nil asks for the one that the server takes without a name.
    func countTokens(of text: TokenizedText, model: String?) async throws(ConnectorFault) -> TokenCount
}
