import PitModel

/// Trainings that run elsewhere: the same steps, another system's word for each.
extension TrainingDesk {
    /// Seconds before a keeper that is gone is begun again.
    private static let keeperPause = 15.0

    func startElsewhere(_ begun: Training, _ place: TrainingPlace) async throws(Fault) -> Training {
        var training = begun
        let template = training.template
        let server = servers.first { $0.connection.name == place.connection }
        guard let server, let remote = server.remoteTraining else {
            throw try refused(
                training, "no connection `\(place.connection)` runs trainings",
                "Name one of kind kubernetes, or of a pipeline engine, under `training`.")
        }
        guard server.connection.allowsTraining else {
            throw try refused(
                training, "`\(place.connection)` does not allow that anything is trained on it",
                "Add `train` to its `allow`.")
        }
        let environment = try await track(&training)
        var order = RemoteOrder(
            training: training.id, template: template.name, author: author, at: training.at,
            place: place.filled(training.values, template.parameters), parameters: training.values,
            environment: environment.merging(template.environment) { $1 }, timeout: template.timeout)
        order.gpus = template.gpus
        var reference: RemoteReference
        do throws(ConnectorFault) {
            reference = try remote.reference(of: order, mark: PipelineSearch.newLetters())
        } catch { throw try refused(training, error.summary, error.hint) }
        do throws(ConnectorFault) { reference = try await remote.prepared(reference, for: order) } catch {
            throw try refused(training, "\(place.connection): \(error.summary)", Self.hint(error))
        }
        let folder = folder(training.id)
        var local = TrainingFolder.Order(words: [], timeout: template.timeout, maxLog: template.maxLog)
        (local.remote, local.reference) = (order, reference)
        try make(folder, local, training)
        training = try keep(.placed(reference), training)
        var state = RemoteState(reference)
        state.isTried = true
        try? folder.write(state, "remote.json")
        do throws(ConnectorFault) {
            state.accept(try await remote.start(order, as: reference))
        } catch {
            guard error.mayHaveBeenDone else {
                throw try refused(training, "\(place.connection): \(error.summary)", Self.hint(error))
            }
            // Whether it was taken is found out by whoever stays with it.
            state.fault = error.summary
        }
        try? folder.write(state, "remote.json")
        return try observedElsewhere(training)
    }

    /// What may not be started is another matter than what may not be read.
    private static func hint(_ fault: ConnectorFault) -> String {
        guard case .forbidden = fault else { return fault.hint }
        return "Ask for the right or the quota to start it, or use another account."
    }

    private func refused(_ training: Training, _ words: String, _ hint: String) throws(Fault) -> Fault {
        _ = try end(training, .init(.notStarted, at: clock.now(), words: words))
        return Fault(words, hint: hint)
    }

    func observedElsewhere(_ training: Training) throws(Fault) -> Training {
        let folder = folder(training.id)
        if let known = folder.end() { return try end(training, known) }
        if folder.order() == nil, clock.now().since(training.at) > 60 {
            return try end(training, .init(.lost, at: clock.now(), words: "its folder is gone: \(folder.path)"))
        }
        var seen = training
        let now = clock.now()
        if let place = folder.remote()?.found, training.found == nil { seen = try keep(.found(place), training) }
        seen.sight = folder.remote()?.shown(at: now) ?? RemoteSight(.waiting, words: "it is being sent")
        if !isReadOnly, folder.lacksKeeper(every: Self.keeperPause, now: now) { _ = try launch(folder.path) }
        return seen
    }
}

extension ConnectedServer {
    /// What trains there: the connector itself, or what speaks to a pipeline engine.
    var remoteTraining: (any RemoteTraining)? {
        if let own = connector as? any RemoteTraining { return own }
        guard let engine = connector as? any PipelineControl else { return nil }
        return PipelineTraining(engine: engine, connection: connection.name)
    }
}

extension TrainingPlace {
    /// With the values in the manifest's places.
    func filled(_ values: [String: String], _ parameters: [TrainingTemplate.Parameter]) -> TrainingPlace {
        guard case .object(let manifest) = work else { return self }
        var place = self
        place.work = .object(manifest.filled(values, parameters))
        return place
    }
}
