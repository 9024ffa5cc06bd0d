import Foundation
import Glibc
public import PitModel
public import PitStore

/// Starts trainings, sees what becomes of them, stops them, and registers what came of them. Every step is on the disk
/// before the next one.
public struct TrainingDesk: Sendable {
    public struct Fault: Error, Equatable, Sendable {
        public var words: String
        public var hint: String
        public init(_ words: String, hint: String) { (self.words, self.hint) = (words, hint) }
    }

    public var templates: [TrainingTemplate]
    let store: Store
    let clock: any WallClock
    let author: String
    let isReadOnly: Bool
    let servers: [ConnectedServer]
    private let state: String
    /// Starts a keeper for a folder, apart from this process; gives its number.
    let launch: @Sendable (String) throws(Fault) -> Int32

    /// - Parameter state: the folder under which each training has one of its own.
    public init(
        templates: [TrainingTemplate], store: Store, servers: [ConnectedServer], state: String, author: String,
        isReadOnly: Bool = false, clock: any WallClock, launch: @escaping @Sendable (String) throws(Fault) -> Int32
    ) {
        (self.templates, self.store, self.servers, self.state) = (templates, store, servers, state)
        (self.author, self.isReadOnly, self.clock, self.launch) = (author, isReadOnly, clock, launch)
    }

    public func folder(_ id: String) -> TrainingFolder { TrainingFolder(state + "/training/" + id) }

    // MARK: Starting

    public func start(
        _ name: String, _ given: [String: String], sweep: String? = nil, trial: Int? = nil
    ) async throws(Fault) -> Training {
        try refuseReading()
        guard let template = templates.first(where: { $0.name == name }) else {
            let known = templates.map(\.name).joined(separator: ", ")
            throw Fault(
                "there is no template `\(name)`",
                hint: known.isEmpty ? "Write one under `training` in the configuration." : "There are: \(known).")
        }
        let values: [String: String]
        do { values = try template.values(given) } catch {
            throw Fault(error.words, hint: "Correct the value and start it again.")
        }
        var training = try told { () throws(StoreFault) in
            try store.begin(
                template, values: values, author: author, at: clock.now(), sweep: sweep,
                revision: template.directory.flatMap(GitRevision.read), trial: trial)
        }
        if let place = template.place { return try await startElsewhere(training, place) }
        let environment = try await track(&training)
        let folder = folder(training.id)
        try make(
            folder,
            .init(
                words: template.words(values), directory: template.directory,
                environment: template.environment.merging(environment) { $1 }, timeout: template.timeout,
                maxLog: template.maxLog), training)
        let pid: Int32
        do { pid = try launch(folder.path) } catch {
            _ = try end(training, .init(.notStarted, at: clock.now(), words: error.words))
            throw error
        }
        // A keeper that is over already has left its word.
        let mark = ProcessMark(pid) ?? ProcessMark(pid: pid, start: 0, boot: "")
        return try keep(.started(mark), training)
    }

    func make(_ folder: TrainingFolder, _ order: TrainingFolder.Order, _ training: Training) throws(Fault) {
        do { try folder.make(order) } catch {
            let words = "its folder cannot be made: \(folder.path)"
            _ = try end(training, .init(.notStarted, at: clock.now(), words: words))
            throw Fault(words, hint: "Check that the state folder can be written to.")
        }
    }

    /// Begins a run on the tracking server that the template names; the environment by which a program finds it. A server
    /// that cannot be reached does not hold the training up: the program says for itself what it cannot log to.
    func track(_ training: inout Training) async throws(Fault) -> [String: String] {
        guard let name = training.template.connection,
            let server = servers.first(where: { $0.connection.name == name })
        else { return [:] }
        var environment = [
            "MLFLOW_TRACKING_URI": server.connection.url, "MLFLOW_EXPERIMENT_NAME": training.template.experiment,
        ]
        guard let registrar = server.connector as? any RunRegistering else { return environment }
        var tags = [ModelRegistration.trainingTag: training.id, "pitwall.template": training.template.name]
        tags["mlflow.user"] = training.author
        tags["mlflow.source.git.commit"] = training.revision
        tags["pitwall.sweep"] = training.sweep
        let run: String
        do throws(ConnectorFault) {
            run = try await registrar.begin(
                run: training.id, experiment: training.template.experiment, parameters: [:],
                tags: tags, at: clock.now())
        } catch {
            environment["PITWALL_TRACKING_FAULT"] = error.summary
            return environment
        }
        environment["MLFLOW_RUN_ID"] = run
        training = try keep(.tracked(RunKey(name, run)), training)
        return environment
    }

    // MARK: Watching

    /// The newest trainings, with the ends that were not known before.
    public func trainings(sweep: String? = nil, limit: Int = 200) throws(Fault) -> [Training] {
        let all = try told { () throws(StoreFault) in try store.trainings(sweep: sweep, limit: limit) }
        var result: [Training] = []
        for training in all { result.append(try observed(training)) }
        return result
    }

    public func training(_ id: String) throws(Fault) -> Training {
        guard let training = try told({ () throws(StoreFault) in try store.training(id) }) else {
            throw Fault("there is no training `\(id)`", hint: "See them: pitwall train list")
        }
        return try observed(training)
    }

    /// Looks whether it has ended.
    private func observed(_ training: Training) throws(Fault) -> Training {
        let training = used(training)
        guard training.end == nil else { return training }
        if training.reference != nil { return try observedElsewhere(training) }
        let folder = folder(training.id)
        // A keeper of this process' own leaves remains until it is asked after.
        if let process = training.process { waitpid(process.pid, nil, WNOHANG) }
        if let known = folder.end() { return try end(training, known) }
        guard let process = training.process else {
            // Written down, and the process that did so ended before it had started anything.
            guard clock.now().since(training.at) > 60 else { return training }
            return try end(training, .init(.notStarted, at: clock.now(), words: "it was never started"))
        }
        if process.isAlive { return training }
        // It may have ended between the two looks.
        if let known = folder.end() { return try end(training, known) }
        return try end(
            training,
            .init(
                .lost, at: clock.now(), words: "its keeper is gone (killed, or the machine began anew): see its output")
        )
    }

    /// With what it took: as its folder tells, or as the template declares.
    private func used(_ training: Training) -> Training {
        var training = training
        training.usage = folder(training.id).usage()
        if training.template.place == nil, let end = training.end {
            // A keeper that was killed has not said when they were given back: they were seen held until then.
            let seen = end.kind == .lost ? training.usage?.seenAt : nil
            training.usage?.close(at: seen ?? end.at)
        }
        if training.usage == nil, training.template.place == nil, let gpus = training.template.gpus,
            training.process != nil
        {
            training.usage = TrainingUsage([
                .init(id: training.id, name: "", gpus: gpus, from: training.at, to: training.end?.at)
            ])
        }
        return training
    }

    func end(_ training: Training, _ end: Training.End) throws(Fault) -> Training {
        try keep(.ended(end), training)
    }

    public func curves(_ id: String) -> [String: [MetricPoint]] { folder(id).curves() }
    public func log(_ id: String, lines: Int) -> [String] { folder(id).tail(lines) }

    // MARK: Stopping

    /// Asks for the end; that it ended is seen later.
    public func stop(_ id: String, why: String) throws(Fault) -> Training {
        try refuseReading()
        let training = try training(id)
        if let end = training.end {
            throw Fault("\(id) is over already: \(end.kind.rawValue)", hint: "See it: pitwall train show \(id)")
        }
        let asked = try keep(.stopAsked(why.isEmpty ? author : "\(author): \(why)"), training)
        guard folder(id).askToStop() else {
            throw Fault("\(id) cannot be asked to stop", hint: "Check that \(folder(id).path) can be written to.")
        }
        return asked
    }

    // MARK: Registering

    /// Makes a version of a registered model of what came of a training.
    ///
    /// - Parameters:
    ///   - source: where the model's files are; without it the `model` folder of the run that it logged to.
    ///   - tags: further lineage: the data's manifest, the prompt.
    public func register(
        _ id: String, model: String, source: String? = nil, connection: ConnectionName? = nil,
        tags: [String: String] = [:]
    ) async throws(Fault) -> String {
        try refuseReading()
        let training = try training(id)
        guard training.end?.kind == .finished else {
            throw Fault(
                "\(id) has not finished: \(training.end?.kind.rawValue ?? "it runs")",
                hint: "Only what finished can be registered.")
        }
        let wanted = connection ?? training.tracked?.connection ?? training.template.connection
        let all = servers.filter { $0.connector is any RunRegistering }
        guard let server = wanted.map({ name in all.first { $0.connection.name == name } }) ?? all.first,
            let registrar = server.connector as? any RunRegistering
        else {
            throw Fault(
                "no connection registers models\(wanted.map { " under the name `\($0)`" } ?? "")",
                hint: "Name one of kind mlflow with --connection.")
        }
        var place = source
        if place == nil, let run = training.tracked, let reader = server.connector as? any RunReading {
            do throws(ConnectorFault) { place = try await reader.run(run.id).artifacts + "/model" } catch {
                throw Fault("\(server.connection.name): \(error.summary)", hint: error.hint)
            }
        }
        guard let place else {
            throw Fault(
                "it is not known where the model's files are",
                hint: "Say it: --source FOLDER, or a URI of an artifact store.")
        }
        let registration = ModelRegistration(
            model: model, source: place, run: training.tracked?.id,
            words: "\(training.template.name) by \(training.author), trained as \(training.id)",
            tags: Self.lineage(training).merging(dataLineage(training)) { $1 }.merging(tags) { $1 })
        _ = try keep(.registering(registration), training)
        let version: String
        do throws(ConnectorFault) { version = try await registrar.register(registration) } catch {
            _ = try keep(.notRegistered(error.summary), training)
            throw Fault("\(server.connection.name): \(error.summary)", hint: error.hint)
        }
        _ = try keep(.registered(model: model, version: version), training)
        return version
    }

    static func lineage(_ training: Training) -> [String: String] {
        var tags = [
            ModelRegistration.trainingTag: training.id, "pitwall.template": training.template.name,
        ]
        for (name, value) in training.values { tags["pitwall.parameter.\(name)"] = value }
        tags["pitwall.revision"] = training.revision
        tags["pitwall.dataset"] = training.template.dataset
        tags["pitwall.sweep"] = training.sweep
        return tags
    }

    // MARK: -

    func keep(_ fact: TrainingFact, _ training: Training) throws(Fault) -> Training {
        let kept = try told { () throws(StoreFault) in
            try store.keep(fact, of: training.id, author: author, at: clock.now())
        }
        guard var kept else { return training }
        (kept.usage, kept.sight) = (training.usage, training.sight)
        return used(kept)
    }

    func refuseReading() throws(Fault) {
        if isReadOnly { throw Fault("the configuration says read_only: true", hint: "Nothing is changed from here.") }
    }

    func told<T>(_ body: () throws(StoreFault) -> T) throws(Fault) -> T {
        do { return try body() } catch { throw Fault(error.summary, hint: error.hint) }
    }
}
