public import PitModel
import PitParse

/// Jobs as pipelines, builds as runs. A run is named `folder/job#12`; what waits in the queue is `folder/job@40`, after its
/// item there.
extension JenkinsConnector: PipelineControl {
    /// Jenkins has no word for it: a build is started again.
    public static let retriesInPlace = false

    private static let (mostJobs, mostItems, mostLevels, mostPerJob) = (500, 200, 4, 5)

    public func pipelines() async throws(ConnectorFault) -> [Pipeline] {
        let value = try await json("/api/json", tree: Self.nested("\(JenkinsRun.jobTree),\(JenkinsRun.parameterTree)"))
        return jobs(in: value).prefix(Self.mostJobs).compactMap { JenkinsRun.pipeline($0, name) }.sorted {
            $0.key < $1.key
        }
    }

    public func pipeline(_ id: String) async throws(ConnectorFault) -> Pipeline {
        let value = try await json(
            "\(Self.path(of: id))/api/json", tree: "\(JenkinsRun.jobTree),nextBuildNumber,\(JenkinsRun.parameterTree)",
            whole: true)
        guard let pipeline = JenkinsRun.pipeline(value, name) else {
            throw .notWhatItSays(expected: "a job of Jenkins", got: "a folder, or JSON of another shape")
        }
        return pipeline
    }

    public func pipelineRuns(of pipeline: String?, limit: Int) async throws(ConnectorFault) -> PipelineRunBatch {
        let limit = max(1, limit)
        var (runs, hasMore): ([PipelineRun], Bool) = (try await queued(of: pipeline), false)
        if let pipeline {
            let count = min(limit, 1000) + 1
            let list = count > 100 ? "allBuilds" : "builds"
            let value = try await json(
                "\(Self.path(of: pipeline))/api/json", tree: "\(list)[\(JenkinsRun.tree)]{0,\(count)}", whole: true)
            guard let builds = value[list]?.list else {
                throw .notWhatItSays(expected: "a job of Jenkins", got: "JSON without builds")
            }
            runs += builds.compactMap(JenkinsBuild.init).map { JenkinsRun.run($0, of: pipeline, name) }
        } else {
            let tree = "\(JenkinsRun.jobTree),builds[\(JenkinsRun.tree)]{0,\(Self.mostPerJob)}"
            let all = jobs(in: try await json("/api/json", tree: Self.nested(tree)))
            hasMore = all.count > Self.mostJobs
            for job in all.prefix(Self.mostJobs) {
                guard let id = JenkinsRun.id(of: job) else { continue }
                let builds = (job["builds"]?.list ?? []).compactMap(JenkinsBuild.init)
                hasMore = hasMore || builds.count == Self.mostPerJob
                runs += builds.map { JenkinsRun.run($0, of: id, name) }
            }
        }
        runs.sort { ($0.createdAt?.milliseconds ?? 0, $0.key) > ($1.createdAt?.milliseconds ?? 0, $1.key) }
        return PipelineRunBatch(Array(runs.prefix(limit)), hasMore: hasMore || runs.count > limit)
    }

    public func pipelineRun(_ id: String) async throws(ConnectorFault) -> PipelineRun {
        let place = try JenkinsRun.Place(id)
        guard let number = place.build else { return try await waiting(place) }
        let path = "\(Self.path(of: place.job))/\(number)"
        let value: JSONValue
        do throws(ConnectorFault) { value = try await json("\(path)/api/json", tree: JenkinsRun.tree) } catch {
            guard case .notFound = error else { throw error }
            // The job is there, and may be read: then it is the build that is not there any more.
            _ = try await json("\(Self.path(of: place.job))/api/json", tree: "name")
            return PipelineRun(
                RunKey(name, id), name: "\(JenkinsRun.short(place.job)) #\(number)", pipeline: place.job, state: .gone,
                note: "Jenkins does not keep this build any more")
        }
        guard let build = JenkinsBuild(value) else {
            throw .notWhatItSays(expected: "a build of Jenkins", got: "JSON without a number")
        }
        var run = JenkinsRun.run(build, of: place.job, name)
        run.steps = try await steps(
            of: path, build, isPipeline: value["_class"]?.text?.hasSuffix("WorkflowRun") == true)
        if run.steps.contains(where: { $0.state == .waiting }), run.state == .running {
            (run.state, run.note) = (.waiting, "it waits for a person's answer in Jenkins")
        }
        if run.state == .running, let why = await hindrance(path) { run.note = why }
        return run
    }

    /// Of a stage Jenkins keeps no log of its own: the build's is given.
    public func pipelineLog(
        of run: String, step: String?, from place: Int?
    ) async throws(ConnectorFault) -> PipelineLog {
        var at = try JenkinsRun.Place(run)
        if at.build == nil { at = try JenkinsRun.Place(try await pipelineRun(run).key.id) }
        guard let number = at.build else { return PipelineLog("", isOpen: true) }
        let path = "\(Self.path(of: at.job))/\(number)/logText/progressiveText"
        if let place, let piece = try await JenkinsLog.piece(of: path, from: place, http, open) { return piece }
        return try await JenkinsLog.end(of: path, http, open)
    }

    // MARK: Control

    public func startPipeline(
        _ id: String, parameters: [String: String], mark: String
    ) async throws(ConnectorFault) -> String {
        let pipeline = try await pipeline(id)
        let parameters = mark.isEmpty ? parameters : pipeline.marked(parameters, with: mark)
        if let refusal = pipeline.refusal { throw .rejected("\(refusal); nothing was started") }
        // Jenkins leaves out what it does not know, and starts all the same.
        if let words = pipeline.complaint(about: parameters) { throw .rejected("\(words); nothing was started") }
        let path = Self.path(of: pipeline.key.id)
        let takesNone = pipeline.parameters?.isEmpty ?? true
        let form = parameters.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        let reply = try await post("\(path)/\(takesNone ? "build" : "buildWithParameters")", form)
        guard let item = reply.header("location").flatMap(Self.queueItem) else {
            throw .malformed("Jenkins took the request and named no item of its queue: look at the job's builds")
        }
        return "\(pipeline.key.id)@\(item)"
    }

    public func stopPipelineRun(_ id: String) async throws(ConnectorFault) {
        let run = try await pipelineRun(id)
        let place = try JenkinsRun.Place(run.key.id)
        guard run.state.isOpen else { throw .rejected("\(run.name) is over: \(run.state.rawValue)") }
        if let number = place.build {
            _ = try await post("\(Self.path(of: place.job))/\(number)/stop", [])
        } else if let item = place.item {
            do throws(ConnectorFault) { _ = try await post("/queue/cancelItem", [("id", "\(item)")]) } catch {
                guard case .notFound = error else { throw error }
                throw .rejected("\(run.name) has left the queue meanwhile; stop what it became")
            }
        }
    }

    public func retryPipelineRun(_ id: String, mark: String) async throws(ConnectorFault) -> String {
        let run = try await pipelineRun(id)
        guard !run.state.isOpen else { throw .rejected("\(run.name) is not over: \(run.state.rawValue)") }
        guard run.state != .gone else { throw .rejected("\(run.note): start it with its parameters") }
        return try await startPipeline(run.pipeline, parameters: run.parameters, mark: mark)
    }

    // MARK: -

    func json(
        _ path: String, tree: String, whole: Bool = false
    ) async throws(ConnectorFault) -> JSONValue {
        let reply = try open(try await http.send(HTTPRequest(.get, path, query: [("tree", tree)])))
        guard let value = JSONReader.value(of: reply.body), value.members != nil else {
            throw .notWhatItSays(expected: whole ? "a job of Jenkins" : Self.product, got: JSONReply.shape(reply))
        }
        return value
    }

    /// Jobs lie in folders, and a tree names the levels it wants.
    private static func nested(_ fields: String) -> String {
        (0..<mostLevels).reduce("") { inner, _ in "jobs[\(fields)\(inner.isEmpty ? "" : ",\(inner)")]" }
    }

    /// What can be built, in all folders.
    private func jobs(in value: JSONValue) -> [JSONValue] {
        var (open, found) = (value["jobs"]?.list ?? [], [JSONValue]())
        while let next = open.popLast(), found.count <= Self.mostJobs {
            open += (next["jobs"]?.list ?? []).prefix(2000)
            guard let id = JenkinsRun.id(of: next), next["jobs"]?.list == nil else { continue }
            if let folder, !id.hasPrefix(folder + "/") { continue }
            found.append(next)
        }
        return found
    }

    func queued(of pipeline: String?) async throws(ConnectorFault) -> [PipelineRun] {
        let value = try await json("/queue/api/json", tree: "items[\(JenkinsRun.itemTree)]")
        let items = (value["items"]?.list ?? []).compactMap { item -> PipelineRun? in
            guard let job = item["task"].flatMap(JenkinsRun.id), item["id"]?.number != nil,
                pipeline == nil || pipeline == job, folder.map({ job.hasPrefix($0 + "/") }) ?? true
            else { return nil }
            return JenkinsRun.run(queued: item, of: job, name)
        }
        return Array(items.prefix(Self.mostItems))
    }

    /// What became of an item of the queue. Jenkins forgets an item some minutes after it left; its build has its number.
    private func waiting(_ place: JenkinsRun.Place) async throws(ConnectorFault) -> PipelineRun {
        guard let item = place.item else { throw .rejected("\(place.job) is a job: name one of its builds") }
        do throws(ConnectorFault) {
            let value = try await json(
                "/queue/item/\(item)/api/json", tree: "\(JenkinsRun.itemTree),cancelled,executable[number,url]")
            // Numbers of a queue begin anew with its server: it may be another job's.
            if value["task"].flatMap(JenkinsRun.id) == place.job {
                if let number = value["executable"]?["number"]?.number.flatMap({ 1...1e9 ~= $0 ? Int($0) : nil }) {
                    return try await pipelineRun("\(place.job)#\(number)")
                }
                return JenkinsRun.run(queued: value, of: place.job, name)
            }
        } catch {
            guard case .notFound = error else { throw error }
        }
        let value = try await json(
            "\(Self.path(of: place.job))/api/json", tree: "builds[number,queueId]{0,100}", whole: true)
        for build in value["builds"]?.list ?? [] where build["queueId"]?.number == Double(item) {
            guard let number = build["number"]?.number, 1...1e9 ~= number else { continue }
            return try await pipelineRun("\(place.job)#\(Int(number))")
        }
        return PipelineRun(
            RunKey(name, "\(place.job)@\(item)"), name: "\(JenkinsRun.short(place.job)) (queued)", pipeline: place.job,
            state: .gone, note: "it left the queue and became no build that Jenkins keeps")
    }

    /// Stages, where the plugin that tells of them is there and the job is one that has some.
    func stages(_ path: String) async throws(ConnectorFault) -> [PipelineStep] {
        do throws(ConnectorFault) {
            let reply = try open(try await http.send(HTTPRequest(.get, "\(path)/wfapi/describe")))
            return JenkinsRun.stages(JSONReader.value(of: reply.body))
        } catch {
            guard case .notFound = error else { throw error }
            return []
        }
    }

    /// What a running build waits for: a part of it that stands in the queue.
    private func hindrance(_ path: String) async -> String? {
        guard let value = try? await json("/queue/api/json", tree: "items[why,stuck,task[name,url]]") else {
            return nil
        }
        for item in value["items"]?.list ?? [] {
            guard let url = item["task"]?["url"]?.text, url.contains("\(path)/"), let why = item["why"]?.text,
                !why.isEmpty
            else { continue }
            return why.prefix(bytes: 300)
        }
        return nil
    }
}
