import PitConfig
import PitModel
import Testing

private let file = "connections:\n- {name: log, kind: file, path: '~/log.jsonl'}\n"

@Test("a file of exchanges has a path, and a model can say which exchanges are its own")
func fileOfExchanges() throws {
    let outcome = reader.read(
        file + """
            models:
            - {name: chat, interactions: {from: log, served_as: [chat-v1, chat-v2], sample: 10%, redact: email}}
            - {name: code, interactions: log}
            - {name: other, metrics: log}
            interactions: {max_rows: 500, max_bytes: 1MiB, max_text: 4KiB, sample: 50%, redact: [phone, card]}
            """, file: "f")
    #expect(outcome.issues.count == 1, "a file has no metrics")
    let good = reader.read(
        file + """
            models:
            - {name: chat, interactions: {from: log, served_as: [chat-v1, chat-v2], sample: 10%, redact: email}}
            - {name: code, interactions: log}
            interactions: {max_rows: 500, max_bytes: 1MiB, max_text: 4KiB, sample: 50%, redact: [phone, card]}
            """, file: "f")
    let config = try #require(good.config, "\(good.issues)")
    #expect(config.connections[0].connection.url == "~/log.jsonl")
    let log = ConnectionName("log")
    #expect(
        config.interactions
            == InteractionSettings(
                maxRows: 500, maxBytes: 1 << 20, maxText: 4096, sample: 0.5, redact: ["phone", "card"],
                models: [
                    .init(
                        model: ModelName("chat"), sources: [log], servedAs: ["chat-v1", "chat-v2"], sample: 0.1,
                        redact: ["email"]),
                    .init(model: ModelName("code"), sources: [log]),
                ]))
}

@Test("what cannot be redacted, and a source that is none, are told with what would be right")
func wrongInteractions() {
    let found = issues(
        file + "models:\n- {name: chat, interactions: {from: lag, redact: [emial]}}\n"
    ).map { "\($0.what) | \($0.hint)" }
    #expect(found.contains { $0.contains("no connection `lag`") && $0.contains("Did you mean `log`?") })
    #expect(found.contains { $0.contains("`emial`") && $0.contains("Did you mean `email`?") })
    #expect(issues("connections:\n- {name: log, kind: file, url: 'http://h'}\n").contains { $0.what.contains("path") })
}

@Test("an exchange belongs to the model that its source or its served name is said to be of")
func owners() {
    let settings = InteractionSettings(models: [
        .init(model: ModelName("chat"), sources: [ConnectionName("log")], servedAs: ["chat-v1"]),
        .init(model: ModelName("code")),
        .init(model: ModelName("rest"), sources: [ConnectionName("log")]),
    ])
    func owner(_ connection: String, _ served: String?) -> String? {
        var exchange = Interaction(
            id: "1", connection: ConnectionName(connection), at: Timestamp(seconds: 0), messages: [])
        exchange.servedModel = served
        return settings.rule(for: exchange)?.model.description
    }
    #expect(owner("log", "chat-v1") == "chat")
    #expect(owner("log", "other") == "rest")
    #expect(owner("log", nil) == "rest")
    #expect(owner("else", "code") == "code")
    #expect(owner("else", "chat-v1") == nil)
    #expect(owner("else", nil) == nil)
}
