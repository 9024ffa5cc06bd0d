import PitGrid
import PitModel

extension Console {
    /// Seconds after which pipelines are read again: the list, a run that goes on, and what is over.
    private static let (listPatience, openPatience, closedPatience) = (15.0, 3.0, 120.0)

    mutating func pipelineLoads() -> [Effect] {
        guard let query = top.wantsPipelines(world) else { return [] }
        let page = world.pipelines[query]
        let isOver = page?.runs.allSatisfy { !$0.state.isOpen } == true && page?.faults.isEmpty == true
        let patience = query.run == nil ? Self.listPatience : isOver ? Self.closedPatience : Self.openPatience
        let isTime = pipelinesAsked.noteIfDue(query, at: world.now, patience: patience, memory: Self.closedPatience)
        return isTime ? [.loadPipelines(query)] : []
    }

    mutating func take(_ query: PipelineQuery, _ page: PipelinePage) {
        world.pipelines[query] = page
        if world.pipelines.count > 8 {
            world.pipelines = world.pipelines.filter { $0.key == query || $0.key.run == nil }
        }
        settle()
    }
}

extension PipelineState {
    var role: Role {
        switch self {
        case .running: .ok
        case .queued, .stopping: .notice
        case .waiting, .unstable, .stopped: .warn
        case .succeeded: .text
        case .failed: .fail
        case .skipped: .dim
        case .gone, .unknown: .unknown
        }
    }
}

extension PipelineRun {
    var parameterLine: String {
        parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\(RunFigures.line($0.value))" }.joined(separator: " ")
    }
}
