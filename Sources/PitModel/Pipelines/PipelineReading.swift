/// Runs that were found, and whether there are more than were asked for.
public struct PipelineRunBatch: Equatable, Sendable {
    public var runs: [PipelineRun]
    public var hasMore: Bool
    public init(_ runs: [PipelineRun] = [], hasMore: Bool = false) { (self.runs, self.hasMore) = (runs, hasMore) }
}

/// A piece of what a run or a step has written.
public struct PipelineLog: Equatable, Sendable {
    /// Not sanitized; whole lines, but for the last, which may be under way.
    public var text: String
    /// What to ask with for what comes after it; nil: the server cannot go on from a place, ask for the end again.
    public var next: Int?
    /// Whether more will come.
    public var isOpen: Bool
    /// Whether something before it was left out.
    public var isCut: Bool
    public init(_ text: String, next: Int? = nil, isOpen: Bool = false, isCut: Bool = false) {
        (self.text, self.next, self.isOpen, self.isCut) = (text, next, isOpen, isCut)
    }

    /// Bytes of a piece at most.
    public static let mostBytes = 256 << 10
}

/// Reads the pipelines of an engine, and their runs.
///
/// Wherever a run is named, what `start` and `retry` of `PipelineControl` gave is understood, too: a request that waits in
/// a queue is a run with the state `queued`, and has the name of the run that came of it as soon as there is one.
public protocol PipelineReading: Connector {
    /// What can be run; some hundred at most.
    func pipelines() async throws(ConnectorFault) -> [Pipeline]
    /// One with its parameters, by its id or the name that people call it.
    func pipeline(_ id: String) async throws(ConnectorFault) -> Pipeline
    /// The newest first; of every pipeline where none is named.
    func pipelineRuns(of pipeline: String?, limit: Int) async throws(ConnectorFault) -> PipelineRunBatch
    /// One with its steps. One that the server has lost is `gone`, not a fault, where that can be told.
    func pipelineRun(_ id: String) async throws(ConnectorFault) -> PipelineRun
    /// What a run (or a step of it) wrote, from a place on that an earlier piece named; nil: the end of it.
    func pipelineLog(of run: String, step: String?, from place: Int?) async throws(ConnectorFault) -> PipelineLog
}

/// Starts, stops and retries runs. What is given back is the server's word that it was asked, no proof of an effect: that
/// is seen in the run.
public protocol PipelineControl: PipelineReading {
    /// Whether `retry` goes on with the same run; if not, it starts another one with the same parameters.
    static var retriesInPlace: Bool { get }
    /// Sent once, never repeated by itself. What is not given has the pipeline's standard value.
    ///
    /// - Parameter mark: what the run is to be found by later, where the engine has a place for it; a short word.
    /// - Returns: what the run can be asked after by, as `pipelineRun` takes it.
    func startPipeline(
        _ id: String, parameters: [String: String], mark: String
    ) async throws(ConnectorFault) -> String
    /// Looks for a run whose start was not answered. Nothing is changed by it.
    func findStart(_ search: PipelineSearch) async throws(ConnectorFault) -> PipelineFinding
    func stopPipelineRun(_ id: String) async throws(ConnectorFault)
    /// What goes on: the same run, or another, which then bears the mark as one that is started.
    func retryPipelineRun(_ id: String, mark: String) async throws(ConnectorFault) -> String
}

/// What is known of a pod that does not do what it should.
public struct PodTroubles: Equatable, Sendable {
    /// By pod: `ErrImagePull: ...`, `Unschedulable: 0/3 nodes are available`.
    public var byPod: [String: String]
    /// What hinders pods from being made: a quota. The newest last.
    public var others: [String]
    public init(_ byPod: [String: String] = [:], others: [String] = []) { (self.byPod, self.others) = (byPod, others) }
}

/// A cluster that can be asked about pods which another system has made.
public protocol PodReading: Connector {
    /// Why pods with a label do not run: their own conditions, and the warnings among their namespace's events.
    func troubles(ofPods selector: String, in namespace: String) async throws(ConnectorFault) -> PodTroubles
    /// The end of what a pod's container has written.
    ///
    /// - Parameter container: nil: `main` where there is one, else the first.
    func log(
        ofPod pod: String, in namespace: String, container: String?, lines: Int
    ) async throws(ConnectorFault) -> PipelineLog
}
