/// How people judge here.
public struct LabelingSettings: Equatable, Sendable {
    /// Those that pitwall comes with, and the user's own; one of a shipped one's name replaces it.
    public var rubrics: [Rubric]
    /// The folder of the user's own, as written.
    public var folder: String?
    /// Stars out what is private in every queue until it is revealed, whatever its rubric says.
    public var isMasked: Bool
    /// Who judges; nil takes who acts.
    public var annotator: String?
    /// Judgements that a person wants to make in a sitting.
    public var target: Int?
    /// Where judgements are kept besides here.
    public var routes: [AssessmentRoute] = []
    /// Models that say what they think before a person does, where a rubric shows that.
    public var judges: [LabelJudge] = []

    public init(
        rubrics: [Rubric] = rubricCatalog, folder: String? = nil, isMasked: Bool = false, annotator: String? = nil
    ) {
        (self.rubrics, self.folder, self.isMasked, self.annotator) = (rubrics, folder, isMasked, annotator)
    }

    public func rubric(_ name: String) -> Rubric? {
        rubrics.first { $0.name == name }.map { rubric in
            var rubric = rubric
            rubric.isMasked = rubric.isMasked || isMasked
            return rubric
        }
    }

    /// Takes rubrics in; one of a known name takes that one's place.
    public mutating func add(_ own: [Rubric]) {
        let names = Set(own.map(\.name))
        rubrics = rubrics.filter { !names.contains($0.name) } + own
    }
}
