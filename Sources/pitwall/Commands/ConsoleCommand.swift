public import ArgumentParser
import Foundation
public import PitConfig
import PitConsole
import PitData
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore
import PitTerminal
import PitThemes

struct ConsoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Open the console (what pitwall does without a command).")

    @OptionGroup var config: ConfigOption
    @OptionGroup var look: LookOptions
    @OptionGroup var person: AnnotatorOption

    func run() throws { try Self.open(config: config.config, look: look.look, annotator: person.annotator) }

    /// The console over a configuration; without a name, over the usual one.
    static func open(
        config: String? = nil, look: Look = Look(), annotator: String? = nil, at place: ConsoleRunner.Place? = nil
    ) throws {
        ProcessHeap.keepSmall()
        let places = Places()
        try ConsoleRunner.requireTerminal(places)
        CurlEngine.warmUp()
        let opening = try Stack.beginOpening(places)
        let (file, made) = try ConfigStack.load(config, places, opening: opening)
        var stack = made.stack
        stack.settings.labeling.annotator = annotator ?? stack.settings.labeling.annotator
        var runner = ConsoleRunner(places: places, config: made.config, stack: stack, look: look, context: "")
        runner.place = place
        try runner.run(watching: file)
    }
}

/// How the console is to look where that is not as configured.
struct Look {
    var theme: String?
    var color: ConsoleConfig.Color?
    var plain = false
    var readOnly = false
    var mouse: Bool?
}

/// How the console looks; each overrules the configuration.
struct LookOptions: ParsableArguments {
    @Option(help: "The theme to start with.") var theme: String?
    @Option(help: "Colours: auto, truecolor, 256, 16, none.") var color: ConsoleConfig.Color?
    @Flag(help: "ASCII only: no lines, blocks or Braille.") var plain = false
    @Flag(help: "Refuse everything that changes something.") var readOnly = false
    @Flag(inversion: .prefixedNo, help: "Take mouse clicks and the wheel.") var mouse: Bool?

    var look: Look { Look(theme: theme, color: color, plain: plain, readOnly: readOnly, mouse: mouse) }
}

/// Who judges.
struct AnnotatorOption: ParsableArguments {
    @Option(help: "Who judges, where several do at one machine; the configuration's or your own name without it.")
    var annotator: String?

    func validate() throws {
        guard let annotator else { return }
        let isName = annotator.contains { !$0.isWhitespace } && annotator.utf8.count <= 100
        guard isName, annotator.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw ValidationError("--annotator wants a name")
        }
    }
}

extension ConsoleConfig.Color: ExpressibleByArgument {}

/// Runs the console over a stack.
struct ConsoleRunner {
    let places: Places
    var config: Config
    let stack: Stack
    let look: Look
    let context: String
    /// Run beside the console, before polling begins.
    var prologue: @Sendable (Engine) async -> Void = { _ in }
    /// Where the rows of datasets are; in the state folder without it.
    var datasets: DatasetFolder?
    /// Where to begin; nil begins where it was left.
    var place: Place?

    /// A screen, and what it is to show.
    struct Place {
        var screen: String
        var subject: String?
    }

    /// Says it before anything is opened.
    static func requireTerminal(_ places: Places) throws {
        let fault: TerminalFault
        if isatty(STDIN_FILENO) != 1 {
            fault = .noTerminal(.input)
        } else if isatty(STDOUT_FILENO) != 1 {
            fault = .noTerminal(.output)
        } else {
            return
        }
        throw Stop(fault)
    }

    func run(watching file: ConfigFile?) throws {
        let mailbox = Mailbox()
        let rows = WorldRowsMaker(attention: config.console.attention)
        let engine = stack.engine { mailbox.post(.world($0, rows: rows.rows($0))) }
        let first = try Blocking.start { await engine.prepare() }
        let desk = stack.labelDesk
        let labels = LabelLine(desk, mailbox)
        let answers = AnswerLine(desk, mailbox, stack.settings)
        let knowledge = KnowledgeLine(config.knowledge, stack.settings.servers, places, mailbox)
        let runs = RunLine(stack.runDesk, stack.pipelineDesk, mailbox)
        let prompts = PromptLine(
            stack.settings, stack.store, PromptDrafts(state: places.state), mailbox)
        let shelf = DatasetShelf(store: stack.store, folder: datasets ?? DatasetFolder(state: places.state))
        let tokens = TokenLine(shelf, stack.settings, mailbox)
        let courier = stack.courier { [ring = stack.ring] in ring.add(.notice, "sync", $0) }
        let judges = stack.judgeRound { [ring = stack.ring] in ring.add(.notice, "judges", $0) }
        let laps = stack.goldenRound { [ring = stack.ring] in ring.add(.notice, "golden", $0) }
        let themes = ThemeShelf(folder: places.themes)
        for fault in themes.faults { stack.ring.add(.error, "themes", "\(fault)") }
        let (stack, prologue) = (stack, prologue)
        var console = Console(settings: settings(themes.names))
        let saved = (try? stack.store.session("console")).flatMap { $0 }
        if let saved, let session = try? JSONDecoder().decode(Session.self, from: Data(saved.utf8)) {
            console.restore(session)
        }
        let wanted = place.map { console.open($0.screen, subject: $0.subject) } ?? []
        for conflict in console.registry.conflicts(keys: console.world.settings.keys) {
            stack.ring.add(.warning, "keys", conflict)
        }
        var tasks: [Task<Void, Never>] = []
        defer {
            for task in tasks { task.cancel() }
            answers.stop()
            prompts.stop()
            tokens.stop()
            // What waits in memory reaches the disk before the program ends.
            let left = tasks
            try? Blocking.run {
                await labels.finish()
                for task in left { await task.value }
            }
            stack.http.shutdown()
        }
        var loop = UILoop(
            mailbox: mailbox, engine: engine, first: first, themes: themes, options: terminalOptions,
            environment: places.environment,
            console: console,
            author: stack.settings.author, labels: labels, answers: answers, knowledge: knowledge, runs: runs,
            prompts: prompts,
            datasets: DatasetDesk(shelf), tokens: tokens, wanted: wanted,
            begin: {
                tasks.append(
                    Task.detached {
                        await prologue(engine)
                        await engine.run()
                    })
                // Who may change nothing tells nobody anything.
                if !stack.settings.isReadOnly {
                    tasks.append(Task.detached { await courier.run() })
                    tasks.append(Task.detached { await judges.run() })
                    tasks.append(Task.detached { await laps.run() })
                    tasks.append(Task.detached { await TrainingWatch.run(engine) { runs.trainings } })
                }
                tasks.append(
                    Task.detached {
                        await Self.watch(
                            file, stack, engine, desk, courier, judges, answers, laps, knowledge, runs, prompts,
                            tokens, mailbox, rows,
                            isReadOnly: stack.settings.isReadOnly)
                    })
            },
            leave: { session in
                guard let data = try? JSONEncoder().encode(session) else { return }
                try? stack.store.saveSession("console", String(decoding: data, as: UTF8.self))
            })
        try loop.run()
    }

    private func settings(_ themes: [String]) -> ConsoleSettings {
        let utf8 =
            ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { places.environment[$0] }.first { !$0.isEmpty }?.uppercased()
            ?? ""
        let isUnicode =
            config.console.glyphs == .unicode
            || (config.console.glyphs == .auto && (utf8.contains("UTF-8") || utf8.contains("UTF8")))
        var settings = ConsoleSettings(
            utcOffset: config.console.time == .utc ? 0 : SystemClock.utcOffset,
            isReadOnly: look.readOnly || config.console.isReadOnly,
            glyphs: look.plain || !isUnicode ? .ascii : .unicode, themes: themes,
            theme: look.theme ?? config.console.theme,
            version: Version.current, context: context, author: stack.settings.author,
            keys: config.keys.mapValues { $0.map { Key($0) } })
        settings.attention = config.console.attention
        settings.forgottenAfter = config.alerts.forgottenAfter
        return settings
    }

    private var terminalOptions: TerminalOptions {
        let color = TerminalOptions.Color(rawValue: (look.color ?? config.console.color).rawValue) ?? .auto
        return TerminalOptions(
            color: color, mouse: look.mouse ?? config.console.mouse,
            plain: look.plain || config.console.glyphs == .ascii)
    }

    /// Reads the configuration again when it changes; a wrong one is told, and the last good one stays.
    private static func watch(
        _ file: ConfigFile?, _ stack: Stack, _ engine: Engine, _ desk: LabelDesk, _ courier: AssessmentCourier,
        _ judges: JudgeRound, _ answers: AnswerLine, _ laps: GoldenRound, _ knowledge: KnowledgeLine,
        _ runs: RunLine, _ prompts: PromptLine, _ tokens: TokenLine,
        _ mailbox: Mailbox, _ rows: WorldRowsMaker, isReadOnly: Bool
    ) async {
        guard let file else { return }
        var stamp = file.stamp
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(2))
            let now = file.stamp
            guard now != stamp else { continue }
            stamp = now
            let outcome = file.read()
            let problems = outcome.issues.filter { !$0.isWarning }.map { "\($0)".replacing("\n", with: " ") }
            mailbox.post(.problems(problems))
            if let config = outcome.config {
                var settings = Stack.engineSettings(config, stack.http, stack.places)
                settings.isReadOnly = isReadOnly
                settings.labeling.annotator = stack.settings.labeling.annotator
                await desk.replace(settings.labeling)
                await courier.replace(Stack.destinations(settings))
                await judges.replace(Stack.seats(settings))
                answers.replace(settings)
                await laps.replace(settings.golden, GoldenRound.Course.all(settings))
                knowledge.replace(config.knowledge, settings.servers)
                rows.heed(config.console.attention)
                mailbox.post(.alertSettings(config.console.attention, config.alerts))
                runs.replace(stack.runDesk(settings), stack.pipelineDesk(settings))
                prompts.replace(settings)
                tokens.replace(settings)
                await engine.replace(settings)
                mailbox.post(.notice(Notice(.ok, "configuration reloaded")))
            } else {
                for problem in problems { stack.ring.add(.error, "config", problem) }
                mailbox.post(
                    .notice(
                        Notice(
                            .fail, "the configuration has \(problems.count) problems; the last good one stays",
                            detail: problems.first)))
            }
        }
    }
}
