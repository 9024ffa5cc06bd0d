/// How a connection proves who it is.
public enum Credential: Sendable {
    case none
    /// `Authorization: Bearer SECRET`
    case bearer(SecretSource)
    /// `Authorization: Basic BASE64`
    case basic(user: String, password: SecretSource)
    /// A header of the server's own: `X-Api-Key: SECRET`.
    case header(name: String, value: SecretSource)
}
