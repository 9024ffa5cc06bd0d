import PitConfig
import PitModel
import Testing

private func read(_ text: String) -> ConfigReader.Outcome {
    let kinds = ["openai", "prometheus"].map { ConnectorInfo(id: $0, title: $0, summary: $0) }
    return ConfigReader(kinds: kinds, profiles: []).read(
        """
        connections:
          - {name: gate, kind: openai, url: 'http://g:1'}
          - {name: prom, kind: prometheus, url: 'http://p:1'}

        """ + text, file: "c.yaml")
}

@Test("knowledge: a folder, what answers, what makes vectors; what is wrong is told with its line")
func knowledge() throws {
    let outcome = read(
        """
        knowledge:
          path: runbooks
          answers: {connection: gate, model: chat}
          embeddings: {connection: gate, model: bge}
        """)
    let found = try #require(outcome.config?.knowledge, "\(outcome.issues)")
    #expect(found.path == "runbooks" && found.answers == AnsweringSource(ConnectionName("gate"), model: "chat"))
    #expect(found.embeddings?.model == "bge" && read("models: []").config?.knowledge == nil)
    let wrong = read(
        """
        knowledge:
          answers: {connection: gatte, model: m}
          embeddings: {connection: prom}
          paths: x
        """)
    let words = wrong.issues.map { "\($0.line): \($0.what)" }
    #expect(
        words.contains("5: there is no connection `gatte`")
            || words.contains { $0.hasSuffix("there is no connection `gatte`") })
    #expect(words.contains { $0.hasSuffix("`embeddings` has no `model`") })
    #expect(words.contains { $0.hasSuffix("`knowledge` has no `path`") })
    #expect(
        wrong.issues.contains { $0.what.contains("`paths` is not known") && $0.hint.contains("Did you mean `path`?") })
    #expect(wrong.config == nil && wrong.issues.allSatisfy { $0.line > 3 })
    #expect(
        read("knowledge: {path: a, answers: {connection: prom, model: m}}").issues.first?.what
            == "`prom` is a connection of kind prometheus")
}

@Test("what the example says of knowledge, in comments, is true")
func exampleOfKnowledge() {
    let text = ConfigExample.text(kinds: [], profiles: [])
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let block = lines.drop { !$0.hasPrefix("# knowledge:") }.prefix { $0.hasPrefix("#") }.map { $0.dropFirst(2) }
    let outcome = read(block.joined(separator: "\n").replacing("my-openai", with: "gate"))
    #expect(outcome.issues == [] && outcome.config?.knowledge?.path == "~/runbooks")
    #expect(outcome.config?.knowledge?.embeddings?.model == "bge-m3")
}
