/// What a screen wants to know of prompts.
public struct PromptQuery: Hashable, Sendable {
    /// Nil: the list over all sources.
    public var source: ConnectionName?
    public var name: String?
    public init(source: ConnectionName? = nil, name: String? = nil) { (self.source, self.name) = (source, name) }
}

/// All prompts; of one that was asked for its versions, too, and where its aliases pointed.
public struct PromptPage: Equatable, Sendable {
    public var prompts: [Prompt]
    /// The newest first.
    public var versions: [PromptVersion]
    /// The newest first.
    public var moves: [PointerMove]
    /// Sources that could not be asked: which, and why.
    public var faults: [String]
    /// How many connections keep prompts.
    public var sources: Int
    /// Why no version of it can be made; nil where one can.
    public var whyReadOnly: String?
    /// What people here wrote for it and no server keeps yet, the newest first.
    public var unsent: [UnsentPrompt] = []
    public init(
        prompts: [Prompt] = [], versions: [PromptVersion] = [], moves: [PointerMove] = [], faults: [String] = [],
        sources: Int = 0, whyReadOnly: String? = nil
    ) {
        (self.prompts, self.versions, self.moves, self.faults) = (prompts, versions, moves, faults)
        (self.sources, self.whyReadOnly) = (sources, whyReadOnly)
    }
}

/// That an alias of a registry points elsewhere than before, as pitwall saw it.
public struct PointerMove: Equatable, Codable, Sendable {
    public var source: ConnectionName
    /// The registered model or prompt.
    public var name: String
    public var alias: String
    /// Nil: the alias is gone.
    public var version: String?
    /// When it was moved, where that is known; otherwise when that was first seen.
    public var at: Timestamp
    /// Whether it stood there when pitwall first looked: since when is not known.
    public var isFirst: Bool
    /// Who moved it, where that is told.
    public var author: String?
    public init(
        source: ConnectionName, name: String, alias: String, version: String?, at: Timestamp, isFirst: Bool = false,
        author: String? = nil
    ) {
        (self.source, self.name, self.alias, self.version) = (source, name, alias, version)
        (self.at, self.isFirst, self.author) = (at, isFirst, author)
    }
}
