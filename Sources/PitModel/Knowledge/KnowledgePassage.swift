/// A piece of a document, as it is found and cited.
public struct KnowledgePassage: Hashable, Codable, Sendable {
    /// The file's path within the folder.
    public var document: String
    /// The headings that it stands under, the outermost first; empty in plain text.
    public var headings: [String]
    /// The lines of the file that it comes from, counted from 1.
    public var lines: ClosedRange<Int>
    public var text: String

    public init(document: String, headings: [String] = [], lines: ClosedRange<Int> = 1...1, text: String = "") {
        (self.document, self.headings, self.lines, self.text) = (document, headings, lines, text)
    }

    /// Where it stands, as editors and compilers write it: `runbooks/slow.md:12-30`.
    public var place: String {
        lines.count == 1 ? "\(document):\(lines.lowerBound)" : "\(document):\(lines.lowerBound)-\(lines.upperBound)"
    }
}

/// A passage that was found, and why.
public struct KnowledgeHit: Equatable, Codable, Sendable {
    public var passage: KnowledgePassage
    /// Its place among those found by words (BM25), from 1; nil where it was not.
    public var wordRank: Int?
    /// Its place among those found by what they mean (embeddings), from 1.
    public var meaningRank: Int?
    /// By which all are ordered: of one list the reciprocal rank, of two their fusion.
    public var score: Double
    /// When its file was last changed; nil where the disk did not say.
    public var changed: Timestamp?

    public init(
        _ passage: KnowledgePassage, wordRank: Int? = nil, meaningRank: Int? = nil, score: Double = 0,
        changed: Timestamp? = nil
    ) {
        (self.passage, self.wordRank, self.meaningRank) = (passage, wordRank, meaningRank)
        (self.score, self.changed) = (score, changed)
    }
}

/// A file of the folder that is not in the index, and why.
public struct KnowledgeSkip: Hashable, Codable, Sendable {
    public var document: String
    public var why: String
    public init(_ document: String, _ why: String) { (self.document, self.why) = (document, why) }
}

/// What the index holds.
public struct KnowledgeStatus: Equatable, Codable, Sendable {
    /// The folder that was read.
    public var folder: String
    /// When the folder was last read to its end; nil: never.
    public var indexedAt: Timestamp?
    public var documents: Int
    public var passages: Int
    /// Bytes of the documents.
    public var bytes: Int
    /// The change of a file that is the newest.
    public var newest: Timestamp?
    /// The model by which passages have vectors, and how many have; nil where none was asked.
    public var embeddingModel: String?
    public var embedded: Int
    /// Files that were left out, the first of them, and how many there were.
    public var skipped: [KnowledgeSkip]
    public var skippedCount: Int

    public init(
        folder: String = "", indexedAt: Timestamp? = nil, documents: Int = 0, passages: Int = 0, bytes: Int = 0,
        newest: Timestamp? = nil, embeddingModel: String? = nil, embedded: Int = 0, skipped: [KnowledgeSkip] = [],
        skippedCount: Int = 0
    ) {
        (self.folder, self.indexedAt, self.documents, self.passages) = (folder, indexedAt, documents, passages)
        (self.bytes, self.newest, self.embeddingModel, self.embedded) = (bytes, newest, embeddingModel, embedded)
        (self.skipped, self.skippedCount) = (skipped, skippedCount)
    }
}

/// Where the folder is, and which served models it is asked by.
public struct KnowledgeSettings: Equatable, Sendable {
    public var path: String
    /// What answers; nil: passages are only shown.
    public var answers: AnsweringSource?
    /// What turns passages into vectors; nil: they are found by words alone.
    public var embeddings: EmbeddingSource?

    public init(path: String, answers: AnsweringSource? = nil, embeddings: EmbeddingSource? = nil) {
        (self.path, self.answers, self.embeddings) = (path, answers, embeddings)
    }
}

/// A server that answers chats, and the model that it is asked for.
public struct AnsweringSource: Equatable, Sendable {
    public var connection: ConnectionName
    public var model: String
    public init(_ connection: ConnectionName, model: String) { (self.connection, self.model) = (connection, model) }
}
