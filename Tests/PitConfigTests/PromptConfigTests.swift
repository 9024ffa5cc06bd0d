import PitConfig
import PitModel
import Testing

@Test("a folder of prompts is a connection of its own, and its name is not given twice")
func promptFolderConfig() throws {
    let head = "connections:\n  - {name: NAME, kind: metrics, url: 'http://h:1'}\nprompts: {path: /srv/prompts}\n"
    let outcome = reader.read(head.replacing("NAME", with: "a"), file: "c")
    let config = try #require(outcome.config)
    #expect(outcome.issues.isEmpty)
    #expect(config.connections.last?.connection.kind == "prompts")
    #expect(config.connections.last?.connection.url == "/srv/prompts")
    #expect(issues(head.replacing("NAME", with: "prompts")).map(\.hint) == ["Rename the connection."])
    #expect(!issues("prompts: {folder: /x}").isEmpty)
}
