public import PitModel

/// A secret in memory. However it is printed, it prints as `***`.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: String
    public init(_ value: String) { self.value = value }
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Fetches a secret when a request needs it, so that a renewed one is used at once.
public typealias SecretSource = @Sendable () async throws(ConnectorFault) -> Secret

/// How a connection proves who it is.
public enum Credential: Sendable {
    case none
    case bearer(SecretSource)
    case basic(user: String, password: SecretSource)
    case header(name: String, value: SecretSource)
}
