public import PitModel
public import PitStore

/// Tells other systems what people judged here, and takes in what people judged there: in order, each once, again when it
/// failed, and never over what somebody else wrote. Apart from the engine; what it knows stands in the store.
public actor AssessmentCourier {
    /// A server that judgements are kept at.
    public struct Destination: Sendable {
        public var route: AssessmentRoute
        public var keeper: any AssessmentKeeping
        public init(_ route: AssessmentRoute, _ keeper: any AssessmentKeeping) {
            (self.route, self.keeper) = (route, keeper)
        }
    }

    /// What one round with one server did.
    public struct Round: Equatable, Sendable {
        public var told = 0
        public var taken = 0
        public var refused = 0
        public var conflicts = 0
        /// Items that review queues brought, and those that were closed there.
        public var brought = 0
        public var closed = 0
        public var fault: ConnectorFault?
        public init() {}
    }

    private static let patience = Backoff(first: 5, last: 600)
    /// Seconds between two looks at what others judged.
    public static let readingInterval = 30.0
    /// Judgements that are told at once, and exchanges that are read at once.
    static let batch = 20
    static let exchangesRead = 200

    let store: Store
    private let lock: PollerLock?
    let clock: any WallClock
    private var destinations: [Destination]
    private var readAt: [ConnectionName: Timestamp] = [:]
    private let tell: @Sendable (String) -> Void

    /// One process at a time speaks to servers, the one that has `lock`; `tell` takes what is worth a line in the log.
    public init(
        store: Store, destinations: [Destination], lock: PollerLock?, clock: any WallClock,
        tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        (self.store, self.destinations, self.lock, self.clock, self.tell) = (store, destinations, lock, clock, tell)
    }

    public func replace(_ destinations: [Destination]) { self.destinations = destinations }

    public var routes: [AssessmentRoute] { destinations.map(\.route) }

    /// Goes on until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            if !destinations.isEmpty, lock?.tryAcquire() ?? true {
                for destination in destinations { _ = await visit(destination) }
                // Who is asked for a round now gets in between two of these.
                lock?.release()
            }
            try? await Task.sleep(for: .seconds(2))
        }
    }

    /// One round with each server now, whatever failed before; nil when another process does that.
    public func once(readingAll: Bool = true) async -> [(AssessmentRoute, Round)]? {
        guard lock?.tryAcquire() ?? true else { return nil }
        defer { lock?.release() }
        var rounds: [(AssessmentRoute, Round)] = []
        for destination in destinations {
            rounds.append((destination.route, await visit(destination, always: true, readingAll: readingAll)))
        }
        return rounds
    }

    // MARK: -

    private func visit(_ destination: Destination, always: Bool = false, readingAll: Bool = false) async -> Round {
        var round = Round()
        do throws(StoreFault) {
            try await visit(destination, &round, always: always, readingAll: readingAll)
        } catch {
            tell("judgements for \(destination.route.to) cannot be written down: \(error.summary)")
        }
        return round
    }

    private func visit(
        _ destination: Destination, _ round: inout Round, always: Bool, readingAll: Bool
    ) async throws(StoreFault) {
        let route = destination.route
        while try store.fillOutbox(route) > 0 {}
        guard let state = try store.routeStates([route]).first else { return }
        let now = clock.now()
        if !always, let next = state.next, now < next { return }
        let wantsReading = always || (readAt[route.to].map { abs(now.since($0)) >= Self.readingInterval } ?? true)
        guard state.waiting > 0 || wantsReading else { return }
        do throws(Interruption) {
            try await send(destination, &round)
            if wantsReading {
                readAt[route.to] = now
                if let desk = destination.keeper as? any ReviewQueueKeeping { try await review(desk, route, &round) }
                if route.takesOthers { try await read(destination, all: readingAll, &round) }
            }
        } catch {
            switch error {
            case .fault(let fault): round.fault = fault
            case .store(let fault): throw fault
            }
        }
        // What came from there does not wait to go back there.
        if round.taken > 0 { while try store.fillOutbox(route) > 0 {} }
        try end(route, state, round.fault)
    }

    enum Interruption: Error {
        case fault(ConnectorFault)
        case store(StoreFault)
    }

    /// A call to a server.
    func asking<T: Sendable>(
        _ body: () async throws(ConnectorFault) -> T
    ) async throws(Interruption) -> T {
        do throws(ConnectorFault) { return try await body() } catch { throw .fault(error) }
    }

    func keeping<T>(_ body: () throws(StoreFault) -> T) throws(Interruption) -> T {
        do throws(StoreFault) { return try body() } catch { throw .store(error) }
    }

    private func end(
        _ route: AssessmentRoute, _ state: AssessmentRouteState, _ fault: ConnectorFault?
    ) throws(StoreFault) {
        guard let fault else {
            if state.fault != nil {
                try store.routeEnded(route.to, fault: nil, attempts: 0, next: nil)
                tell("\(route.to) takes judgements again")
            }
            return
        }
        if fault == .cancelled { return }
        let attempts = state.attempts + 1
        try store.routeEnded(
            route.to, fault: fault.summary, attempts: attempts,
            next: clock.now().advanced(by: Self.patience.wait(after: attempts, fault)))
        if state.fault != fault.summary { tell("\(route.to) takes no judgements: \(fault.summary)") }
    }

    /// Tells what waits, the oldest first.
    private func send(_ destination: Destination, _ round: inout Round) async throws(Interruption) {
        var last: Int64 = 0
        while !Task.isCancelled {
            let errands = try keeping { () throws(StoreFault) in
                try store.errands(to: destination.route.to, after: last, limit: Self.batch)
            }
            guard let end = errands.last?.seq else { return }
            last = end
            let exchanges = Set(errands.map(\.change.target.interaction)).sorted()
            let there = try await asking { () async throws(ConnectorFault) in
                try await destination.keeper.assessments(of: exchanges)
            }
            let ours = Dictionary(
                there.compactMap { one in one.key.map { ($0, one) } }, uniquingKeysWith: { first, _ in first })
            for errand in errands {
                try await deliver(errand, there: ours[errand.id], destination.keeper, &round)
            }
        }
    }

    private func deliver(
        _ errand: AssessmentErrand, there: RemoteAssessment?, _ keeper: any AssessmentKeeping, _ round: inout Round
    ) async throws(Interruption) {
        var errand = errand
        switch errand.step(there: there) {
        case .nothing: (errand.stage, errand.change.remote) = (.told, there?.remote ?? errand.change.remote)
        case .conflict:
            (errand.stage, errand.theirs) = (.conflict, there)
            errand.fault = there == nil ? "taken away there" : "changed there"
            round.conflicts += 1
            tell("\(errand.destination): a judgement of \(errand.change.target.interaction) was changed there")
        case .keep:
            try keeping { () throws(StoreFault) in try store.begin(errand) }
            do throws(ConnectorFault) {
                let change = errand.change
                errand.change.remote = try await keeper.keep(change)
                errand.stage = .told
                round.told += 1
            } catch {
                // What is wrong with this one alone does not hold up the others.
                guard error.isOfOneRequest else { throw .fault(error) }
                (errand.stage, errand.fault) = (.refused, error.summary)
                round.refused += 1
                tell("\(errand.destination) refused a judgement: \(error.summary)")
            }
        }
        if errand.stage == .told { (errand.told, errand.fault, errand.theirs) = (errand.wanted, nil, nil) }
        if errand.stage != .conflict { errand.tried = nil }
        let settled = errand
        try keeping { () throws(StoreFault) in try store.settle(settled, at: clock.now()) }
    }

    /// Takes in what others judged, some exchanges at a time; all of them when asked to.
    private func read(_ destination: Destination, all: Bool, _ round: inout Round) async throws(Interruption) {
        var isFirst = true
        while isFirst || all, !Task.isCancelled {
            isFirst = false
            let exchanges = try keeping { () throws(StoreFault) in
                try store.exchangesToRead(destination.route, limit: Self.exchangesRead)
            }
            guard !exchanges.isEmpty else { return }
            let told = try await asking { () async throws(ConnectorFault) in
                try await destination.keeper.assessments(of: exchanges)
            }
            round.taken += try keeping { () throws(StoreFault) in
                try store.take(told, of: exchanges, from: destination.route, at: clock.now())
            }
            if exchanges.count < Self.exchangesRead { return }
        }
    }
}
