import PitModel
import PitParse

/// Registered models, prompts among them: versions, tags and aliases.
extension TrackingServer {
    static let registryHandlers: [String: Handler] = [
        "GET registered-models/search": { (question, state, _) throws(Refusal) in
            let filter = try filter(question)
            let all = state.models.values.sorted { $0.name < $1.name }.filter { model in
                isShown(model, filter) && filter.holds { value(of: $0, model.name, model.tags) }
            }
            return page(all.map(entry), "registered_models", question, usual: 1000)
        },
        "GET registered-models/get": { (question, state, _) throws(Refusal) in
            [("registered_model", entry(try model(question, state)))]
        },
        "POST registered-models/create": { (question, state, now) throws(Refusal) in
            guard let name = question["name"], !name.isEmpty, name.utf8.count <= 200,
                state.models.count < TrackingState.mostModels
            else { throw .invalid("Registered model name cannot be empty.") }
            guard state.models[name] == nil else {
                throw .init(
                    code: "RESOURCE_ALREADY_EXISTS", words: "Registered Model (name=\(name)) already exists.")
            }
            let made = TrackedModel(
                name: name, at: now, description: question["description"] ?? "", tags: pairs(question.body["tags"]))
            state.models[name] = made
            return [("registered_model", entry(made))]
        },
        "POST registered-models/set-tag": { (question, state, _) throws(Refusal) in
            let name = try model(question, state).name
            state.models[name]?.tags[question["key"] ?? ""] = question["value"]
            return []
        },
        "POST registered-models/alias": { (question, state, _) throws(Refusal) in
            let model = try model(question, state)
            guard let alias = question["alias"], !alias.isEmpty else { throw .invalid("an alias needs a name") }
            state.models[model.name]?.aliases[alias] = try version(question, model).number
            return []
        },
        "GET registered-models/alias": { (question, state, _) throws(Refusal) in
            let model = try model(question, state)
            guard let number = model.aliases[question["alias"] ?? ""],
                let one = model.versions.first(where: { $0.number == number })
            else { throw .missing("Registered model alias \(question["alias"] ?? "") not found.") }
            return [("model_version", version(one, of: model))]
        },
        "DELETE registered-models/alias": { (question, state, _) throws(Refusal) in
            let name = try model(question, state).name
            state.models[name]?.aliases[question["alias"] ?? ""] = nil
            return []
        },
        "GET model-versions/search": { (question, state, _) throws(Refusal) in
            let filter = try filter(question)
            var all: [JSONValue] = []
            for model in state.models.values.sorted(by: { $0.name < $1.name }) where isShown(model, filter) {
                for one in model.versions.reversed()
                where filter.holds({ value(of: $0, model.name, one.tags, run: one.run) }) {
                    all.append(version(one, of: model, withAliases: false))
                }
            }
            return page(all, "model_versions", question, usual: 10_000)
        },
        "GET model-versions/get": { (question, state, _) throws(Refusal) in
            let model = try model(question, state)
            return [("model_version", version(try version(question, model), of: model))]
        },
        "POST model-versions/create": { (question, state, now) throws(Refusal) in
            var model = try model(question, state)
            guard model.versions.count < TrackingState.mostVersions else {
                throw .invalid("the demo keeps no more versions of \(model.name)")
            }
            let tags = pairs(question.body["tags"])
            let made = TrackedVersion(
                number: (model.versions.last?.number ?? 0) + 1, at: now, user: tags["pitwall.author"] ?? "",
                description: question["description"] ?? "", source: question["source"] ?? "",
                run: question["run_id"] ?? "", tags: tags)
            model.versions.append(made)
            state.models[model.name] = model
            return [("model_version", version(made, of: model))]
        },
        "POST model-versions/set-tag": { (question, state, _) throws(Refusal) in
            let model = try model(question, state)
            let number = try version(question, model).number
            guard let place = model.versions.firstIndex(where: { $0.number == number }) else { return [] }
            state.models[model.name]?.versions[place].tags[question["key"] ?? ""] = question["value"]
            return []
        },
        "DELETE model-versions/delete-tag": { (question, state, _) throws(Refusal) in
            let model = try model(question, state)
            let number = try version(question, model).number
            guard let place = model.versions.firstIndex(where: { $0.number == number }) else { return [] }
            state.models[model.name]?.versions[place].tags[question["key"] ?? ""] = nil
            return []
        },
    ]

    private static func filter(_ question: Question) throws(Refusal) -> TrackingFilter {
        let filter = TrackingFilter(question["filter"] ?? "")
        if let text = filter.refused { throw .invalid("the demo does not understand the filter \(text)") }
        return filter
    }

    /// Prompts are left out unless their tag is named.
    private static func isShown(_ model: TrackedModel, _ filter: TrackingFilter) -> Bool {
        !model.isPrompt || filter.names.contains("tags.\(TrackedModel.promptTag)")
    }

    private static func value(of key: String, _ name: String, _ tags: [String: String], run: String = "") -> String? {
        if key.hasPrefix("tags.") { return tags[String(key.dropFirst(5))] }
        return ["name": name, "run_id": run][key]
    }

    private static func model(_ question: Question, _ state: TrackingState) throws(Refusal) -> TrackedModel {
        let name = question["name"] ?? ""
        guard let model = state.models[name] else {
            throw .missing("Registered Model with name=\(name) not found")
        }
        return model
    }

    private static func version(_ question: Question, _ model: TrackedModel) throws(Refusal) -> TrackedVersion {
        let number = question["version"].flatMap { Int($0) }
        guard let one = model.versions.first(where: { $0.number == number }) else {
            throw .missing("Model Version (name=\(model.name), version=\(question["version"] ?? "")) not found")
        }
        return one
    }

    private static func entry(_ model: TrackedModel) -> JSONValue {
        let newest = model.versions.last.map { [version($0, of: model, withAliases: false)] } ?? []
        return .object([
            ("name", .text(model.name)), ("creation_timestamp", time(model.at)),
            ("last_updated_timestamp", time(model.changedAt)), ("description", .text(model.description)),
            ("latest_versions", .list(newest)), ("tags", pairs(model.tags)),
            (
                "aliases",
                .list(
                    model.aliases.sorted { $0.key < $1.key }.map {
                        .object([("alias", .text($0.key)), ("version", .text("\($0.value)"))])
                    })
            ),
        ])
    }

    private static func version(
        _ one: TrackedVersion, of model: TrackedModel, withAliases: Bool = true
    ) -> JSONValue {
        var members: Members = [
            ("name", .text(model.name)), ("version", .text("\(one.number)")), ("creation_timestamp", time(one.at)),
            ("last_updated_timestamp", time(one.at)), ("current_stage", .text("None")), ("user_id", .text(one.user)),
            ("description", .text(one.description)), ("source", .text(one.source)), ("run_id", .text(one.run)),
            ("status", .text("READY")), ("tags", pairs(one.tags)), ("run_link", .text("")),
        ]
        if withAliases {
            let own = model.aliases.filter { $0.value == one.number }.keys.sorted()
            members.append(("aliases", .list(own.map(JSONValue.text))))
        }
        return .object(members)
    }
}
