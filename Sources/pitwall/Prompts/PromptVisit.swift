import PitEngine
import PitHTTP
import PitModel
import PitStore

/// What a command needs to look at prompts.
struct PromptVisit: Sendable {
    let stack: Stack
    let shelf: PromptShelf

    static func run<T: Sendable>(
        _ config: ConfigOption, _ body: @escaping @Sendable (PromptVisit) async throws -> T
    ) throws -> T {
        let places = Places()
        let (_, made) = try config.load(places)
        defer { made.stack.http.shutdown() }
        let drafts = PromptDrafts(state: places.state)
        let shelf = PromptShelf(made.stack.settings.servers, made.stack.store, drafts: drafts)
        guard !shelf.sources.isEmpty else {
            throw Stop(
                .usage, "no connection of this configuration keeps prompts",
                hint: "Add one of kind mlflow, or a folder: `prompts: {path: /srv/prompts}`.")
        }
        let visit = PromptVisit(stack: made.stack, shelf: shelf)
        return try Blocking.run {
            do { return try await body(visit) } catch let refusal as PromptRefusal {
                throw Stop(.couldNotRun, refusal.words)
            } catch let fault as StoreFault { throw Stop(fault) }
        }
    }

    /// A prompt by its name, or by SOURCE/NAME where several sources have it.
    func find(_ name: String) async throws -> Prompt {
        let (all, faults) = await shelf.all()
        let hits = all.filter { $0.name == name || $0.id == name }
        if let hit = hits.first, hits.count == 1 { return hit }
        if hits.count > 1 {
            throw Stop(
                .usage, "\(hits.count) sources have a prompt `\(name)`",
                hint: "Name one: \(hits.map(\.id).joined(separator: ", ")).")
        }
        if let fault = faults.first { throw Stop(.couldNotRun, fault) }
        throw Stop(.usage, "there is no prompt `\(name)`", hint: "See them: pitwall prompt list")
    }

    /// One version: by its number, by an alias, or the newest.
    func version(_ number: Int?, _ alias: String?, of prompt: Prompt) async throws -> PromptVersion {
        if let number { return try await version(number, of: prompt) }
        if let alias {
            guard let number = prompt.version(of: alias) else {
                let known = prompt.aliases.map(\.name).joined(separator: ", ")
                throw Stop(
                    .usage, "\(prompt.name) has no alias `\(alias)`",
                    hint: known.isEmpty ? "It has none." : "It has: \(known).")
            }
            return try await version(number, of: prompt)
        }
        guard let newest = try await shelf.read(prompt.name, from: prompt.source).versions.first else {
            throw Stop(.usage, "\(prompt.name) has no version")
        }
        return newest
    }

    private func version(_ number: Int, of prompt: Prompt) async throws -> PromptVersion {
        let keeper = try shelf.keeper(prompt.source)
        do throws(ConnectorFault) { return try await keeper.version(number, of: prompt.name) } catch {
            throw Stop(.couldNotRun, "\(prompt.id): \(error.summary)", hint: error.hint)
        }
    }
}
