public import PitModel
public import PitStore

/// Prompts over all connections that keep some, with where their aliases pointed. No poll waits for it.
public struct PromptShelf: Sendable {
    public struct Source: Sendable {
        public let name: ConnectionName
        public let keeper: any PromptKeeping
    }
    public let sources: [Source]
    private let store: Store
    /// What was written and is not kept yet; nil where nothing can be put aside.
    private let drafts: PromptDrafts?

    public init(_ servers: [ConnectedServer], _ store: Store, drafts: PromptDrafts? = nil) {
        sources = servers.compactMap { server in
            (server.connector as? any PromptKeeping).map { Source(name: server.connection.name, keeper: $0) }
        }
        (self.store, self.drafts) = (store, drafts)
    }

    /// What a screen asks for. A source that cannot be asked is told of, and hides no other.
    public func page(_ query: PromptQuery) async -> PromptPage {
        var page = PromptPage(sources: sources.count)
        guard let name = query.name, let source = query.source else {
            (page.prompts, page.faults) = await all()
            return page
        }
        do throws(PromptRefusal) {
            let found = try await read(name, from: source)
            (page.prompts, page.versions) = ([found.prompt].compactMap { $0 }, found.versions)
            page.whyReadOnly = sources.first { $0.name == source }?.keeper.whyReadOnly
        } catch { page.faults.append(error.words) }
        page.moves = (try? store.pointerMoves(of: name, source: source)) ?? []
        page.unsent = drafts?.all(of: name, source: source) ?? []
        return page
    }

    /// All prompts by name, and what stood in the way of any.
    public func all() async -> (prompts: [Prompt], faults: [String]) {
        await withTaskGroup(of: Result<[Prompt], PromptRefusal>.self) { group in
            for source in sources {
                group.addTask {
                    do throws(ConnectorFault) { return .success(try await source.keeper.prompts()) } catch {
                        return .failure(PromptRefusal("\(source.name): \(error.summary)"))
                    }
                }
            }
            var (prompts, faults): ([Prompt], [String]) = ([], [])
            for await result in group {
                switch result {
                case .success(let some): prompts += some
                case .failure(let why): faults.append(why.words)
                }
            }
            return (prompts.sorted { ($0.name, $0.source) < ($1.name, $1.source) }, faults.sorted())
        }
    }

    /// One prompt with its versions.
    public func read(
        _ name: String, from source: ConnectionName
    ) async throws(PromptRefusal) -> (prompt: Prompt?, versions: [PromptVersion]) {
        let keeper = try keeper(source)
        do throws(ConnectorFault) {
            let versions = try await keeper.versions(of: name)
            let prompt = try await keeper.prompts().first { $0.name == name }
            return (prompt, versions)
        } catch { throw PromptRefusal("\(source): \(error.summary)") }
    }

    /// Makes a version, reads it back, and writes down who did it. What the server only accepted is not told as done. What
    /// was written lies on the disk before it is sent, and stays there unless the server keeps it.
    public func create(_ draft: PromptDraft, at: Timestamp) async throws(PromptRefusal) -> PromptVersion {
        var unsent: UnsentPrompt?
        var unkept = ""
        do throws(PromptRefusal) { unsent = try drafts?.keep(draft, at: at) } catch { unkept = error.words }
        let made: PromptVersion
        do throws(PromptRefusal) { made = try await send(draft) } catch {
            guard let unsent else {
                throw PromptRefusal(error.words + (unkept.isEmpty ? "" : "; nor could it be put aside: \(unkept)"))
            }
            drafts?.note(error.words, unsent)
            throw PromptRefusal("\(error.words); what you wrote lies in \(unsent.file)")
        }
        for id in [unsent?.id, draft.continues].compactMap({ $0 }) { drafts?.forget(id) }
        do throws(StoreFault) {
            try store.audit(
                at: at, author: draft.author, what: "prompt version made",
                subject: "\(draft.source)/\(draft.name)/\(made.number)", detail: draft.message)
        } catch {
            throw PromptRefusal("version \(made.number) was made, but not written into the audit: \(error.summary)")
        }
        return made
    }

    private func send(_ draft: PromptDraft) async throws(PromptRefusal) -> PromptVersion {
        let keeper = try keeper(draft.source)
        if let why = keeper.whyReadOnly { throw PromptRefusal("\(draft.source) is only read: \(why)") }
        let made: PromptVersion
        do throws(ConnectorFault) {
            let number = try await keeper.create(draft)
            made = try await keeper.version(number, of: draft.name)
        } catch { throw PromptRefusal("\(draft.source): \(error.summary)") }
        guard made.body == draft.body else {
            throw PromptRefusal("version \(made.number) was made, but says something else than what was sent")
        }
        return made
    }

    public func keeper(_ source: ConnectionName) throws(PromptRefusal) -> any PromptKeeping {
        guard let found = sources.first(where: { $0.name == source }) else {
            let known = sources.map(\.name.description).joined(separator: ", ")
            throw PromptRefusal("\(source) keeps no prompts" + (known.isEmpty ? "" : "; these do: \(known)"))
        }
        return found.keeper
    }
}
