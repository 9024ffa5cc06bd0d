import PitModel

extension ConfigReader {
    /// Where the documents are, what answers from them, and what makes vectors of them.
    func readKnowledge(_ fields: Fields, _ config: Config, _ issues: IssueList) -> KnowledgeSettings? {
        let path = fields.required("path", example: "~/runbooks")
        let answers = readServed(fields.fields("answers"), example: "support-chat", config, issues)
        let embeddings = readServed(fields.fields("embeddings"), example: "bge-m3", config, issues)
        fields.finish()
        return path.map { path in
            KnowledgeSettings(
                path: path, answers: answers.map { AnsweringSource(ConnectionName($0.connection), model: $0.model) },
                embeddings: embeddings.map { EmbeddingSource(ConnectionName($0.connection), model: $0.model) })
        }
    }

    private func readServed(
        _ fields: Fields?, example: String, _ config: Config, _ issues: IssueList
    ) -> (connection: String, model: String)? {
        guard let fields else { return nil }
        let connection = fields.required("connection", example: "my-openai")
        let model = fields.required("model", example: example)
        fields.finish()
        guard let connection, let model else { return nil }
        checkConnection(connection, kinds: ["openai"], config, at: fields.mark(of: "connection"), issues)
        return (connection, model)
    }
}
