/// A start whose answer was not heard, as it is searched for: written down before it is sent.
public struct PipelineSearch: Equatable, Codable, Sendable {
    /// The pipeline's `key.id`.
    public var pipeline: String
    /// What the run bears where its engine has a place for it; nobody else's.
    public var mark: String
    /// When it was about to be sent.
    public var at: Timestamp
    /// Where the engine stood then, as `Pipeline.standing` had it.
    public var standing: String?
    /// What it was to be started with; secrets are left out.
    public var parameters: [String: String]

    public init(
        _ pipeline: String, mark: String, at: Timestamp, standing: String? = nil, parameters: [String: String] = [:]
    ) {
        (self.pipeline, self.mark, self.at) = (pipeline, mark, at)
        (self.standing, self.parameters) = (standing, parameters)
    }

    /// Whether a run bears the mark, wherever its engine keeps it.
    public func isBorne(by run: PipelineRun) -> Bool {
        run.name.contains(mark) || run.cause.contains(mark) || run.note.contains(mark)
            || run.parameters.values.contains { $0.contains(mark) }
    }

    /// A mark that nobody else has.
    public static func newMark() -> String { "pitwall-" + newLetters() }

    /// Letters and digits that nobody else has.
    public static func newLetters() -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String((0..<8).map { _ in letters.randomElement() ?? "x" })
    }
}

/// What a search for it came to.
public enum PipelineFinding: Equatable, Sendable {
    /// The run that bears the mark.
    case found(PipelineRun)
    /// The server has told all that it could be, and it is none of them: why that is so.
    case absent(String)
    /// It may be one of several, or of what is not told: what a person is to look at.
    case uncertain(String)
}

extension Pipeline {
    /// Parameters by which a run is found again, in engines that have no other place for a mark.
    public static let markParameters = ["PITWALL_RUN", "PITWALL_TRAINING"]

    /// Names of parameters whose values are written down nowhere.
    public var secrets: Set<String> {
        Set((parameters ?? []).filter { $0.kind == .secret }.map(\.name))
    }

    /// How a start with these values is found, should its answer be lost.
    public func search(
        for values: [String: String], mark: String, at: Timestamp, standing: String?
    ) -> PipelineSearch {
        let secrets = secrets
        return PipelineSearch(
            key.id, mark: mark, at: at, standing: standing,
            parameters: marked(values, with: mark).filter { !secrets.contains($0.key) })
    }

    /// Values with the mark in the parameters that are there for it. What a person wrote there stays; an earlier run's mark
    /// does not.
    public func marked(_ values: [String: String], with mark: String) -> [String: String] {
        var values = values
        for name in Self.markParameters where parameters?.contains(where: { $0.name == name }) == true {
            let given = values[name] ?? ""
            if given.isEmpty || given.hasPrefix("pitwall-") { values[name] = mark }
        }
        return values
    }
}
