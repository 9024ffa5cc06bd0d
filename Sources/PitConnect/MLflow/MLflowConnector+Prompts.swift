public import PitModel
import PitParse

/// The prompt registry: prompts are registered models with the tag `mlflow.prompt.is_prompt`, their text is a tag of each
/// version. Whether a text is a chat stands in `_mlflow_prompt_type`. MLflow knows no types of variables: those are kept in
/// a tag of our own, as is who made a version, which it does not tell without logins.
extension MLflowConnector: PromptKeeping {
    static let promptTag = "mlflow.prompt.is_prompt"
    private static let textTag = "mlflow.prompt.text"
    private static let typeTag = "_mlflow_prompt_type"
    private static let variablesTag = "pitwall.variables"
    private static let authorTag = "pitwall.author"
    /// A page holds the newest text of each prompt: a hundred of them are some hundred KiB.
    private static let (pageSize, mostPages) = (100, 10)
    private static let mostVersions = 200
    /// Bytes of a tag of a version, by the server's own rule.
    private static let longest = 100_000

    public var whyReadOnly: String? { nil }

    public func prompts() async throws(ConnectorFault) -> [Prompt] {
        try await promptModels().map { model in
            let entry = RegistryEntry(model)
            let newest = (model["latest_versions"]?.list ?? []).compactMap { Self.version($0) }.max {
                $0.number < $1.number
            }
            return Prompt(
                source: connection, name: entry.name, latest: newest?.number, aliases: Self.aliases(entry),
                tags: Self.shown(RegistryEntry.tags(model)),
                changedAt: Self.time(model["last_updated_timestamp"]) ?? newest?.at, author: newest?.author,
                message: newest?.message ?? "")
        }.sorted { $0.name < $1.name }
    }

    public func versions(of prompt: String) async throws(ConnectorFault) -> [PromptVersion] {
        let entry = try await promptEntry(prompt)
        let reply = try await get(
            "/api/2.0/mlflow/model-versions/search",
            [
                ("filter", "name=\(Self.quoted(prompt)) AND tags.`\(Self.promptTag)` = 'true'"),
                ("max_results", "\(Self.mostVersions)"), ("order_by", "version_number DESC"),
            ])
        return (reply["model_versions"]?.list ?? []).compactMap { Self.version($0, entry) }.sorted {
            $0.number > $1.number
        }
    }

    public func version(_ number: Int, of prompt: String) async throws(ConnectorFault) -> PromptVersion {
        let entry = try await promptEntry(prompt)
        let reply = try await get(
            "/api/2.0/mlflow/model-versions/get", [("name", prompt), ("version", "\(number)")])
        guard let found = reply["model_version"].flatMap({ Self.version($0, entry) }) else {
            throw .rejected("version \(number) of \(prompt) has no text")
        }
        return found
    }

    public func create(_ draft: PromptDraft) async throws(ConnectorFault) -> Int {
        guard !draft.name.isEmpty, draft.name.utf8.allSatisfy(Self.isNameByte) else {
            throw .rejected(
                "a prompt's name has letters, digits, `.`, `-` and `_`, not `\(draft.name.prefix(bytes: 80))`")
        }
        let text = Self.text(draft.body)
        guard text.utf8.count <= Self.longest else {
            throw .rejected("the prompt has \(text.utf8.count) bytes; MLflow keeps \(Self.longest)")
        }
        let isPrompt = Self.tag(Self.promptTag, "true")
        do throws(ConnectorFault) { _ = try await promptEntry(draft.name) } catch {
            guard case .rejected(let words) = error, words.contains("not found") else { throw error }
            _ = try await post(
                "/api/2.0/mlflow/registered-models/create",
                .object([("name", .text(draft.name)), ("tags", .list([isPrompt]))]), isRepeatable: false)
        }
        var tags = [isPrompt, Self.tag(Self.typeTag, Self.type(draft.body)), Self.tag(Self.textTag, text)]
        if !draft.author.isEmpty { tags.append(Self.tag(Self.authorTag, draft.author.prefix(bytes: 200))) }
        let declared = Self.json(draft.variables)
        if !draft.variables.isEmpty { tags.append(Self.tag(Self.variablesTag, declared)) }
        let reply = try await post(
            "/api/2.0/mlflow/model-versions/create",
            .object([
                ("name", .text(draft.name)), ("source", .text("prompt-template")),
                ("description", .text(draft.message)), ("tags", .list(tags)),
            ]), isRepeatable: false)
        guard let number = reply["model_version"]?["version"]?.words.flatMap({ Int($0) }) else {
            throw .notWhatItSays(expected: "a version", got: "none")
        }
        return number
    }

    // MARK: -

    /// Registered models that are prompts. A search for models leaves them out unless their tag is named.
    func promptModels() async throws(ConnectorFault) -> [JSONValue] {
        var (all, token, pages): ([JSONValue], String?, Int) = ([], nil, 0)
        repeat {
            let page = try await get(
                "/api/2.0/mlflow/registered-models/search",
                [("filter", "tags.`\(Self.promptTag)` = 'true'"), ("max_results", "\(Self.pageSize)")]
                    + (token.map { [("page_token", $0)] } ?? []))
            all += (page["registered_models"]?.list ?? []).filter { RegistryEntry($0).isPrompt }
            token = page["next_page_token"]?.text.flatMap { $0.isEmpty ? nil : $0 }
            pages += 1
        } while token != nil && pages < Self.mostPages
        return all
    }

    private func promptEntry(_ name: String) async throws(ConnectorFault) -> RegistryEntry {
        let reply = try await get("/api/2.0/mlflow/registered-models/get", [("name", name)])
        guard let model = reply["registered_model"] else { throw .notWhatItSays(expected: "a prompt", got: "none") }
        let entry = RegistryEntry(model)
        guard entry.isPrompt else { throw .rejected("\(name) is a registered model, not a prompt") }
        return entry
    }

    /// A name stands between quotes of the kind that it does not hold.
    static func quoted(_ name: String) -> String { name.contains("'") ? "\"\(name)\"" : "'\(name)'" }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26 || [0x2D, 0x2E, 0x5F].contains(byte)
    }

    private static func tag(_ key: String, _ value: String) -> JSONValue {
        .object([("key", .text(key)), ("value", .text(value))])
    }

    private static func aliases(_ entry: RegistryEntry) -> [Prompt.Alias] {
        entry.aliases.compactMap { alias in Int(alias.version).map { Prompt.Alias(alias.alias, $0) } }
    }

    private static func time(_ value: JSONValue?) -> Timestamp? {
        value?.figure.map { Timestamp(milliseconds: Int64(max(0, min($0, 1e15)))) }
    }

    /// Tags that people set, not those that say what a prompt is made of.
    private static func shown(_ tags: [String: String]) -> [String: String] {
        tags.filter { !$0.key.hasPrefix("mlflow.") && !$0.key.hasPrefix("_mlflow") && !$0.key.hasPrefix("pitwall.") }
    }

    static func version(_ item: JSONValue, _ entry: RegistryEntry? = nil) -> PromptVersion? {
        let tags = RegistryEntry.tags(item)
        guard let number = item["version"]?.words.flatMap({ Int($0) }), let text = tags[textTag] else { return nil }
        let own = (item["aliases"]?.list ?? []).compactMap(\.text)
        let aliases = entry?.aliases.filter { $0.version == "\(number)" }.map(\.alias) ?? own
        let author = tags[authorTag] ?? item["user_id"]?.text
        return PromptVersion(
            number: number, body: body(text, tags[typeTag]), declared: variables(tags[variablesTag] ?? ""),
            message: item["description"]?.text?.prefix(bytes: 2000) ?? "",
            author: author.flatMap { $0.isEmpty ? nil : $0.prefix(bytes: 200) },
            at: time(item["creation_timestamp"]), tags: shown(tags), aliases: aliases)
    }

    /// A chat that cannot be read as one is shown as the text that it is.
    static func body(_ text: String, _ type: String?) -> PromptBody {
        guard type == "chat", let list = JSONReader.value(of: text)?.list else { return .text(text) }
        let messages = list.compactMap { message -> ChatMessage? in
            guard let role = message["role"]?.text, let content = message["content"] else { return nil }
            return ChatMessage(role, content.text ?? content.json)
        }
        return messages.count == list.count ? .chat(messages) : .text(text)
    }

    private static func type(_ body: PromptBody) -> String { if case .chat = body { "chat" } else { "text" } }

    private static func text(_ body: PromptBody) -> String {
        switch body {
        case .text(let text): text
        case .chat(let messages):
            JSONValue.list(
                messages.map { .object([("role", .text($0.role)), ("content", .text($0.content))]) }
            ).json
        }
    }

    private static func json(_ variables: [PromptVariable]) -> String {
        JSONValue.object(
            variables.map { variable in
                let standard = variable.standard.map { [("default", JSONValue.text($0))] } ?? []
                return (variable.name, .object([("type", .text(variable.kind.rawValue))] + standard))
            }
        ).json
    }

    private static func variables(_ text: String) -> [PromptVariable] {
        (JSONReader.value(of: text)?.members ?? []).prefix(200).map { name, value in
            PromptVariable(
                name, value["type"]?.text.flatMap(PromptVariable.Kind.init) ?? .text, standard: value["default"]?.words)
        }
    }
}
