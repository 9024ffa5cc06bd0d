import Glibc
public import PitModel

/// Stays with one training that runs elsewhere: has it started, looks at it, takes its output before the other system
/// forgets it, asks for its end when somebody wants it or its time is over, and writes down how it ended.
public struct RemoteKeeper {
    private let folder: TrainingFolder
    private let order: RemoteOrder
    private let place: any RemoteTraining
    private let utilisation: GPUUtilisation
    private let clock: any WallClock
    /// Seconds between two looks.
    private let pause: Double
    private var state: RemoteState
    private var usage: TrainingUsage
    private var output: TrainingOutput
    private var measuredAt: Timestamp?
    private var failures = 0

    /// Seconds after which what was never taken is not sent any more; between two requests to end; between two questions
    /// of how busy GPUs were.
    private static let (sendingTime, askingPause, measuringPause) = (600.0, 30.0, 60.0)
    /// Seconds from the first good answer that had nothing of what was sent to the one that is believed.
    private static let findingTime = 120.0
    /// Parts of a log that are taken between two looks.
    private static let mostParts = 16
    /// Seconds that what goes on after its time is looked after.
    private static let patience = 7 * 86400.0

    /// Stays until it has ended. Returns at once where somebody else stays with it, or it is over.
    public static func keep(
        _ folder: TrainingFolder, servers: [ConnectedServer], clock: any WallClock, pause: Double = 2
    ) async {
        guard let lock = folder.holdLock() else { return }
        defer { close(lock) }
        guard folder.end() == nil, let order = folder.order(), let remote = order.remote,
            let reference = order.reference
        else { return }
        var state = folder.remote() ?? RemoteState(reference)
        let found = servers.first { $0.connection.name == reference.connection }
        guard let place = found?.remoteTraining else {
            state.fault = "the configuration names no such connection, or it runs no trainings"
            try? folder.write(state, "remote.json")
            return
        }
        var keeper = RemoteKeeper(
            folder: folder, order: remote, place: place, utilisation: GPUUtilisation(servers), clock: clock,
            pause: pause, state: state, usage: folder.usage() ?? TrainingUsage(),
            output: TrainingOutput(folder, maxLog: order.maxLog))
        let end = await keeper.run()
        keeper.output.endLine(at: clock.now())
        keeper.output.save()
        keeper.output.close()
        if let end { try? folder.write(end, "end.json") }
    }

    private init(
        folder: TrainingFolder, order: RemoteOrder, place: any RemoteTraining, utilisation: GPUUtilisation,
        clock: any WallClock, pause: Double, state: RemoteState, usage: TrainingUsage, output: TrainingOutput
    ) {
        (self.folder, self.order, self.place, self.utilisation) = (folder, order, place, utilisation)
        (self.clock, self.pause, self.state, self.usage, self.output) = (clock, pause, state, usage, output)
    }

    /// Nil when it was broken off.
    private mutating func run() async -> Training.End? {
        while !Task.isCancelled {
            do throws(ConnectorFault) {
                let end = try await turn()
                (state.fault, failures) = (nil, 0)
                if let end { return await closed(end) }
            } catch {
                failures += 1
                state.fault = error.summary
            }
            if let since = state.runningSince, clock.now().since(since) > order.timeout + Self.patience {
                return .init(.lost, at: clock.now(), words: "it was looked after for a week beyond its time")
            }
            save()
            guard await rest() else { return nil }
        }
        return nil
    }

    /// One look; the end where it has ended.
    private mutating func turn() async throws(ConnectorFault) -> Training.End? {
        if !state.isSent, let end = try await send() { return end }
        guard state.isSent else { return nil }
        let sight = try await place.look(at: state.reference)
        let now = clock.now()
        if sight.phase == .running, state.runningSince == nil { state.runningSince = now }
        note(sight, now)
        if sight.phase == .gone { return gone(sight, now) }
        // Its log may be refused to us and all else not.
        var fault: ConnectorFault?
        do throws(ConnectorFault) { try await takeLog() } catch { fault = error }
        if !sight.phase.isOpen { return end(sight, now) }
        try await askForEnd(now)
        if let fault { throw fault }
        return nil
    }

    /// Has it started; what was sent once, without an answer, is searched for first.
    private mutating func send() async throws(ConnectorFault) -> Training.End? {
        let now = clock.now()
        guard state.isTried == true else {
            if folder.isAskedToStop { return .init(.stopped, at: now, words: "stopped before it was taken") }
            return try await tried(now)
        }
        switch try await place.find(order, as: state.reference) {
        case .found(let sight):
            note(sight, now)
            state.isSent = true
            state.found = "\(state.reference.connection) \(state.reference.id ?? state.reference.name)"
            return nil
        case .gone(let why): return .init(.lost, at: now, words: why)
        case .absent(let why):
            // Under one name it is made once, however often it is sent.
            if place.isRepeatable, !folder.isAskedToStop, now.since(order.at) < Self.sendingTime {
                return try await tried(now)
            }
            guard isSettled(now) else { return nil }
            if folder.isAskedToStop { return .init(.stopped, at: now, words: "it had not started: \(why)") }
            let words = "it did not start: \(why). Start it again: pitwall train start \(order.template)"
            return .init(.notStarted, at: now, words: words)
        case .uncertain(let why):
            guard isSettled(now) else { return nil }
            let words = "whether it was taken cannot be told, and it is not sent twice: \(why)"
            return .init(.lost, at: now, words: words)
        }
    }

    /// What is not there yet may be under way still: it is believed once the system has answered well for long enough.
    private mutating func isSettled(_ now: Timestamp) -> Bool {
        let since = state.missedAt ?? now
        state.missedAt = since
        state.sight = RemoteSight(.waiting, words: "its start was not answered, and it is searched for")
        return now.since(since) >= Self.findingTime
    }

    private mutating func tried(_ now: Timestamp) async throws(ConnectorFault) -> Training.End? {
        guard now.since(order.at) < Self.sendingTime else {
            return .init(.notStarted, at: now, words: state.fault ?? "it was not sent within ten minutes")
        }
        state.isTried = true
        save()
        do throws(ConnectorFault) {
            state.accept(try await place.start(order, as: state.reference))
            save()
            return nil
        } catch {
            switch error {
            case .forbidden, .rejected, .notFound, .status:
                return .init(.notStarted, at: now, words: error.summary)
            default: throw error
            }
        }
    }

    private mutating func note(_ sight: RemoteSight, _ now: Timestamp) {
        if let became = sight.became { state.reference.id = became }
        if let shares = sight.shares {
            usage.take(shares, lastSeen: state.seenAt)
        } else if let gpus = order.gpus, let since = state.runningSince, usage.shares.isEmpty {
            usage.take([.init(id: order.training, name: "", gpus: gpus, from: since)], lastSeen: nil)
        }
        (state.sight, state.seenAt) = (sight, now)
        // What it held is told with the rest.
        state.sight.shares = nil
    }

    private func gone(_ sight: RemoteSight, _ now: Timestamp) -> Training.End {
        if let ending = state.ending { return .init(ending, at: now, words: ended(ending)) }
        return .init(.lost, at: now, words: "\(sight.words): somebody else has deleted it, or it was cleared away")
    }

    private func end(_ sight: RemoteSight, _ now: Timestamp) -> Training.End {
        let at = sight.endedAt ?? now
        if let ending = state.ending, sight.phase != .finished {
            return .init(ending, status: sight.status, at: at, words: ended(ending))
        }
        let kind: Training.End.Kind =
            switch sight.phase {
            case .finished: .finished
            case .timedOut: .timedOut
            case .stopped: .stopped
            case .waiting, .running, .failed, .gone: .failed
            }
        return .init(kind, status: sight.status, at: at, words: sight.words)
    }

    private func ended(_ kind: Training.End.Kind) -> String {
        kind == .timedOut ? "stopped after its \(Int(order.timeout)) s" : "stopped when asked to"
    }

    private mutating func takeLog() async throws(ConnectorFault) {
        for _ in 0..<Self.mostParts {
            let part = try await place.log(of: state.reference, after: state.logPlace)
            for line in part.lines {
                output.take(line.isWhole ? line.bytes + [10] : line.bytes, at: line.at ?? clock.now())
            }
            // The place follows the output: what a crash in between repeats is output, and no metric is lost.
            if output.isChanged { output.save() }
            let isFurther = part.place != state.logPlace
            state.logPlace = part.place
            if isFurther { save() }
            if !part.hasMore || !isFurther { return }
        }
    }

    private mutating func askForEnd(_ now: Timestamp) async throws(ConnectorFault) {
        if state.ending == nil {
            if folder.isAskedToStop {
                state.ending = .stopped
            } else if let since = state.runningSince, now.since(since) > order.timeout {
                state.ending = .timedOut
            }
        }
        guard state.ending != nil, state.askedAt.map({ now.since($0) > Self.askingPause }) ?? true else { return }
        // Written down before it is asked: an end that is seen after a crash in between is ours.
        save()
        try await place.stop(state.reference)
        state.askedAt = now
    }

    /// What is told once it is over.
    private mutating func closed(_ end: Training.End) async -> Training.End {
        usage.close(at: end.at)
        measuredAt = nil
        await measure()
        save()
        return end
    }

    private mutating func measure() async {
        let now = clock.now()
        if let measuredAt, now.since(measuredAt) < Self.measuringPause { return }
        measuredAt = now
        let found = await utilisation.read(usage, namespace: state.reference.namespace, at: now)
        usage.utilisation = found ?? usage.utilisation
    }

    private func save() {
        try? folder.write(state, "remote.json")
        if !usage.shares.isEmpty { try? folder.write(usage, "usage.json") }
    }

    /// False when it was broken off. Somebody who wants it to end does not wait for the next look.
    private mutating func rest() async -> Bool {
        await measure()
        let seconds = min(30, pause * Double(1 << min(failures, 4)))
        let until = ContinuousClock().now + .seconds(seconds)
        while ContinuousClock().now < until {
            if folder.isAskedToStop, state.isSent, state.ending == nil, failures == 0 { return true }
            do { try await Task.sleep(for: .seconds(min(0.2, seconds))) } catch { return false }
        }
        return true
    }
}
