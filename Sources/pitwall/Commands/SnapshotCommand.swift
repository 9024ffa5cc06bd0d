import ArgumentParser
import Foundation
import PitConfig
import PitConsole
import PitData
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore
import PitThemes

struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "Render a screen from what is kept, without a terminal.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, ansi, svg, html }

    @OptionGroup var config: ConfigOption
    @Option(help: "fleet, model, drift, alerts, exchanges, silences, connections, log.") var screen = "fleet"
    @Option(help: "What the screen is about: a model's name.") var subject: String?
    @Option(help: "Columns x rows.") var size = "120x36"
    @Option(help: "A moment of the past: RFC 3339, or how long ago (10m).") var at: String?
    @Option(help: "text, ansi, svg, html.") var format: Format = .text
    @Option(help: "The theme of colours.") var theme: String?
    @Flag(help: "Poll once first.") var refresh = false
    @Option(help: "Poll for this long first, so that rates and charts have something to tell: 80s.") var pollFor:
        String?
    @Flag(help: "ASCII only.") var plain = false

    func run() throws {
        ProcessHeap.keepSmall()
        let places = Places()
        let frameSize = try parseSize()
        let now = Stack.clock.now()
        let moment = try parseMoment(now)
        guard screenCatalog.contains(where: { $0.about.id == screen }) else {
            throw Stop(
                .usage, "there is no screen `\(screen)`",
                hint: "Screens: \(screenCatalog.map { $0.about.id }.joined(separator: ", "))")
        }
        let (themes, _) = Themes.load(folder: places.themes)
        let (_, made) = try config.load(places)
        defer { made.stack.http.shutdown() }
        let name = theme ?? made.config.console.theme
        guard let chosen = themes.first(where: { $0.name == name }) else {
            throw Stop(
                .usage, "there is no theme `\(name)`", hint: "Themes: \(themes.map(\.name).joined(separator: ", "))")
        }
        let engine = made.stack.engine()
        let (isRefreshing, lock) = (refresh, made.stack.lock)
        let seconds = pollFor.flatMap { Figures.seconds(from: $0) }
        if pollFor != nil, seconds == nil { throw Stop(.usage, "--poll-for wants a time such as 80s") }
        var console = Console(
            settings: ConsoleSettings(
                utcOffset: made.config.console.time == .utc ? 0 : SystemClock.utcOffset,
                glyphs: plain ? .ascii : .unicode,
                themes: themes.map(\.name), theme: name, version: Version.current, author: made.stack.settings.author),
            start: screen)
        let world = try Blocking.run { () async throws -> Snapshot in
            let first = await engine.prepare()
            if let moment { return try await engine.past(at: moment) }
            if let seconds, lock.map({ $0.tryAcquire() }) ?? true {
                let polling = Task.detached { await engine.run() }
                try await Task.sleep(for: .seconds(seconds))
                let last = await engine.current()
                polling.cancel()
                await polling.value
                return last
            }
            if isRefreshing, lock.map({ $0.tryAcquire() }) ?? true { return await engine.pollOnce() }
            return await engine.addingDrift(to: first)
        }
        // A screen that needs no model wants its rows before there is a world.
        var effects = console.handle(.tick(seconds == nil ? now : Stack.clock.now()))
        effects += console.handle(moment == nil ? .world(world) : .past(world))
        effects += console.resize(frameSize)
        effects += console.open(
            screen, subject: subject ?? (screen == "label" ? nil : world.models.first?.name.description))
        for effect in effects {
            if case .load(let query) = effect {
                let history = try Blocking.run { try await engine.history(query) }
                _ = console.handle(.history(query, history))
            } else if case .read(let query) = effect {
                let exchanges = try Blocking.run { try await engine.interactions(query) }
                _ = console.handle(.exchanges(query, exchanges))
            } else if case .openQueue(let name) = effect {
                let desk = made.stack.labelDesk
                if let page = try? Blocking.run({ try await desk.page(name) }) {
                    _ = console.handle(.labelPage(page))
                }
            }
        }
        for case .evaluate(let query) in effects {
            _ = console.handle(.evaluation(query, try engine.evaluations(query)))
        }
        for case .lookUp(let question) in effects {
            _ = console.handle(
                .knowledge(
                    try Blocking.run { [made] in
                        await KnowledgeLine.passages(
                            question, made.config.knowledge, made.stack.settings.servers, places)
                    }))
        }
        for case .loadRuns(let query) in effects {
            let desk = made.stack.runDesk
            _ = console.handle(.runs(query, try Blocking.run { await desk.page(query) }))
        }
        for case .loadPipelines(let query) in effects {
            let desk = made.stack.pipelineDesk
            _ = console.handle(.pipelines(query, try Blocking.run { await desk.page(query) }))
        }
        for case .readPrompts(let query) in effects {
            let shelf = PromptShelf(
                made.stack.settings.servers, made.stack.store, drafts: PromptDrafts(state: places.state))
            let page = try Blocking.run { await shelf.page(query) }
            _ = console.handle(.prompts(query, page))
        }
        let datasets = DatasetDesk(
            DatasetShelf(store: made.stack.store, folder: DatasetFolder(state: made.stack.places.state)))
        for case .survey(let query) in effects {
            let page = try Blocking.run { await datasets.page(query) }
            _ = console.handle(.surveyed(query, page))
        }
        for case .loadAlert(let query) in effects {
            let past = try Blocking.run { try await engine.past(of: query) }
            _ = console.handle(.alertPast(query, past))
        }
        let frame = console.draw(frameSize)
        switch format {
        case .text: Terminal.put(frame.plainText)
        case .ansi: Terminal.put(frame.ansi(theme: chosen))
        case .svg: Terminal.put(frame.svg(theme: chosen))
        case .html: Terminal.put(frame.html(theme: chosen))
        }
    }

    private func parseSize() throws -> Size {
        let parts = size.split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, (1...1000).contains(parts[0]), (1...1000).contains(parts[1]) else {
            throw Stop(.usage, "--size wants columns x rows, such as 120x36")
        }
        return Size(parts[0], parts[1])
    }

    private func parseMoment(_ now: Timestamp) throws -> Timestamp? {
        guard let at else { return nil }
        if let moment = Timestamp(rfc3339: at) { return moment }
        if let seconds = Figures.seconds(from: at) { return now.advanced(by: -seconds) }
        throw Stop(.usage, "--at wants a time such as 2026-11-23T03:04:05Z, or how long ago: 10m")
    }
}
