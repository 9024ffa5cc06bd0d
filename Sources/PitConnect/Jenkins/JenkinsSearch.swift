public import PitModel
import PitParse

extension JenkinsConnector {
    /// Builds that are looked at, the newest.
    private static let mostSearched = 100
    /// Seconds that two clocks may differ by.
    private static let clockPatience = 600.0

    /// Jenkins keeps nothing of who asked but the parameters: what is there to be found by is one that the job declares.
    /// Without it, it can be told for certain that nothing began, and never which build of several it is.
    public func findStart(_ search: PipelineSearch) async throws(ConnectorFault) -> PipelineFinding {
        // What leaves the queue between the two looks is a build by the second.
        let waiting = try await queued(of: search.pipeline)
        let value = try await json(
            "\(Self.path(of: search.pipeline))/api/json",
            tree: "nextBuildNumber,builds[\(JenkinsRun.tree)]{0,\(Self.mostSearched)}", whole: true)
        guard let list = value["builds"]?.list else {
            throw .notWhatItSays(expected: "a job of Jenkins", got: "JSON without builds")
        }
        let builds = list.compactMap(JenkinsBuild.init)
        let first = search.standing.flatMap { Int($0) }
        let earliest = search.at.advanced(by: -Self.clockPatience)
        let later = builds.filter { build in
            guard let first else { return build.at >= earliest }
            return build.number >= first
        }
        let all = waiting + later.map { JenkinsRun.run($0, of: search.pipeline, name) }
        if let own = all.first(where: search.isBorne) { return .found(own) }
        if let run = all.first(where: { Self.mayBe($0, search) }) {
            let others = all.count { Self.mayBe($0, search) } - 1
            let more = others > 0 ? " (and \(others) more)" : ""
            return .uncertain(
                "\(run.key)\(more) was asked for after it and may be it: look at its parameters and its cause. With a "
                    + "parameter \(Pipeline.markParameters[0]) of its own the job would tell")
        }
        guard let first else {
            return .uncertain("\(search.pipeline) did not say where its builds stood: look at the newest")
        }
        let next = JenkinsRun.number(value["nextBuildNumber"]) ?? 0
        guard next >= first else {
            return .uncertain("the builds of \(search.pipeline) are numbered anew: look at the newest")
        }
        let known = Set(later.map(\.number))
        if let gone = (first..<next).first(where: { !known.contains($0) }) {
            return .uncertain(
                "\(search.pipeline)#\(gone) began after it, and Jenkins does not show it: look at its log")
        }
        let words = next == first ? "no build has begun" : "all builds that have begun had other parameters"
        return .absent("\(words) in \(search.pipeline) since, and none waits in the queue")
    }

    /// Jenkins may take the space around a text away, and writes flags its own way.
    private static func plain(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)).lowercased()
    }

    /// Whether nothing tells it from what was asked for: a value that is not shown may be the same.
    private static func mayBe(_ run: PipelineRun, _ search: PipelineSearch) -> Bool {
        search.parameters.allSatisfy { name, value in
            guard let told = run.parameters[name] else { return true }
            return plain(told) == plain(value)
        }
    }
}
