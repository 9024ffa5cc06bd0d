public import PitModel
public import PitStore

/// Runs golden laps when they are due, apart from the engine.
public actor GoldenRound {
    /// Where a lap is run.
    public struct Course: Sendable {
        public var model: ModelName
        public var connection: ConnectionName
        public var server: any Answering
        public init(_ model: ModelName, _ connection: ConnectionName, _ server: any Answering) {
            (self.model, self.connection, self.server) = (model, connection, server)
        }

        /// Every endpoint of the models that are asked.
        public static func all(_ settings: EngineSettings) -> [Course] {
            guard !settings.golden.prompts.isEmpty else { return [] }
            let wanted = Set(settings.golden.models)
            return settings.models.filter { wanted.isEmpty || wanted.contains($0.name) }.flatMap { model in
                model.endpoints.compactMap { name in
                    let server = settings.servers.first { $0.connection.name == name }
                    return (server?.connector as? any Answering).map { Course(model.name, name, $0) }
                }
            }
        }
    }

    private let store: Store
    private let clock: any WallClock
    private var courses: [Course]
    private var settings: GoldenSettings
    private let lock: PollerLock?
    private let tell: @Sendable (String) -> Void
    private var faults: [String: ConnectorFault] = [:]

    /// Seconds that one answer may take, and bytes of it that are kept.
    private static let (timeout, longest) = (60.0, 8000)

    /// One process at a time runs laps, the one that has `lock`.
    public init(
        store: Store, settings: GoldenSettings, courses: [Course], lock: PollerLock? = nil, clock: any WallClock,
        tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        (self.store, self.settings, self.courses) = (store, settings, courses)
        (self.lock, self.clock, self.tell) = (lock, clock, tell)
    }

    public func replace(_ settings: GoldenSettings, _ courses: [Course]) {
        (self.settings, self.courses) = (settings, courses)
    }

    /// Goes on until the task is cancelled. Each course is run when its last lap, whoever ran it, is old enough.
    public func run() async {
        while !Task.isCancelled {
            if !courses.isEmpty, lock?.tryAcquire() ?? true {
                for course in courses where isDue(course) { await lap(course) }
                lock?.release()
            }
            try? await Task.sleep(for: .seconds(2))
        }
    }

    private func isDue(_ course: Course) -> Bool {
        guard let last = try? store.lastGoldenLap(course.model, at: course.connection) else { return true }
        let age = clock.now().since(last.at)
        return age < 0 || age >= settings.interval || last.prompts != settings.prompts
    }

    /// Runs one lap and keeps it; nil where nothing could be asked or kept, which is told.
    @discardableResult
    public func lap(_ course: Course) async -> GoldenLap? {
        let began = clock.now()
        let model: String
        do throws(ConnectorFault) { model = try await course.server.servedName(of: course.model) } catch {
            note(error, course)
            return nil
        }
        var answers: [String?] = []
        for prompt in settings.prompts {
            if Task.isCancelled { return nil }
            let question = ChatQuestion(
                model: model, messages: [ChatMessage("user", prompt)],
                settings: GenerationSettings(temperature: 0, maxTokens: settings.maxTokens, seed: 1),
                timeout: Self.timeout)
            do throws(ConnectorFault) {
                answers.append(String(try await course.server.answer(question).text.prefix(Self.longest)))
                faults[Self.key(course)] = nil
            } catch {
                note(error, course)
                answers.append(nil)
                // Who is gone is not asked the rest.
                if error.isTransient { answers += Array(repeating: nil, count: settings.prompts.count - answers.count) }
            }
            if answers.count == settings.prompts.count { break }
        }
        let release = (try? ReleaseTimes(store, until: began))?.present(of: course.model)
        let lap = GoldenLap(
            model: course.model, connection: course.connection, at: began, release: release, prompts: settings.prompts,
            answers: answers, seconds: clock.now().since(began))
        do throws(StoreFault) { try store.keep(lap) } catch {
            tell("a golden lap of \(course.model) cannot be kept: \(error.summary)")
            return nil
        }
        return lap
    }

    private static func key(_ course: Course) -> String { "\(course.model) \(course.connection)" }

    private func note(_ fault: ConnectorFault, _ course: Course) {
        guard fault != .cancelled, faults[Self.key(course)] != fault else { return }
        faults[Self.key(course)] = fault
        tell("a golden lap of \(course.model) at \(course.connection) is not whole: \(fault.summary)")
    }
}
