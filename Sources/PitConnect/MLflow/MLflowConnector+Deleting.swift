import PitModel
import PitParse

/// An alias of a prompt that is wanted no more. It goes by a plan, like a move, and is remembered as one to nowhere.
extension MLflowConnector {
    private static let path = "/api/2.0/mlflow"

    func deletion(
        _ request: DeploymentRequest, _ entry: RegistryEntry, _ alias: String
    ) throws(ConnectorFault) -> DeploymentPlan {
        guard entry.isPrompt else {
            throw .rejected("an alias of a model is only moved from here: others serve what it points to")
        }
        let holder = try entry.holder(of: alias)
        let move = RegistryMove(
            id: Ticket.fresh(), to: "", from: holder, author: request.author, reason: request.reason.prefix(bytes: 500),
            at: nil)
        return DeploymentPlan(
            request: request, before: entry.promptDeployment((alias, holder), connection),
            changes: [SpecChange("alias \(alias)", before: "version \(holder)", after: nil)],
            preconditions: ["\(alias) points to version \(holder)"],
            concerns: [
                Concern(.warning, "whoever asks for prompts:/\(entry.name)@\(alias) is answered that there is none"),
                Concern(.warning, "pointing it to version \(holder) again takes that back"),
            ],
            exchange: [
                "POST \(Self.path)/registered-models/set-tag", entry.tag(move, alias).json,
                "DELETE \(Self.path)/registered-models/alias", Self.body(entry.name, alias).json,
            ], token: move.json.json, expectation: .stopped(true))
    }

    func delete(_ alias: String, of name: String) async throws(ConnectorFault) -> String {
        _ = try open(
            try await http.send(
                HTTPRequest(
                    .delete, "\(Self.path)/registered-models/alias",
                    headers: [(name: "Content-Type", value: "application/json")],
                    body: Array(Self.body(name, alias).json.utf8), isRepeatable: false)))
        return "\(alias) of \(name) is deleted"
    }

    private static func body(_ name: String, _ alias: String) -> JSONValue {
        .object([("name", .text(name)), ("alias", .text(alias))])
    }
}
