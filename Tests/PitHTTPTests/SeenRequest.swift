/// A request as a server got it.
struct SeenRequest: Sendable {
    /// `GET /x?y=z HTTP/1.1`
    var line: String
    /// Names in lower case.
    var headers: [(name: String, value: String)]
    var body: String
    /// The number of the connection it came over, from 1.
    var connection: Int

    var target: String { line.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
    var method: String { line.split(separator: " ").first.map(String.init) ?? "" }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    func values(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }
}
