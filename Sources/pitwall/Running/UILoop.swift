import Foundation
import PitConfig
import PitConsole
import PitEngine
import PitGrid
import PitModel
import PitStore
import PitTerminal
import PitThemes

/// The UI thread: shows frames, takes inputs, and hands effects to the engine. Nothing here may wait for anything
/// but the terminal and the mailbox.
struct UILoop {
    let mailbox: Mailbox
    let engine: Engine
    /// What the store remembers, on its way.
    let first: Blocking.Pending<Snapshot>
    let themes: ThemeShelf
    let options: TerminalOptions
    let environment: [String: String]
    var console: Console
    let author: String
    let labels: LabelLine
    let answers: AnswerLine
    let knowledge: KnowledgeLine
    let runs: RunLine
    let prompts: PromptLine
    let datasets: DatasetDesk
    let tokens: TokenLine
    /// What the screen to begin with wants to know.
    let wanted: [Effect]
    /// Called once, when the first frame is on the screen: what can wait for that begins here.
    let begin: () -> Void
    /// Called with the session when the console is left.
    let leave: (Session) -> Void

    mutating func run() throws {
        let start = ContinuousClock().now
        let theme = themes.theme(orFirst: console.world.settings.theme)
        let terminal: CursesTerminal
        do { terminal = try CursesTerminal(theme: theme, options: options, environment: environment) } catch {
            throw Stop(error)
        }
        defer { terminal.close() }
        terminal.setTitle("pitwall")
        for note in terminal.notes { mailbox.post(.notice(Notice(.notice, note))) }
        var isRunning = true
        let wanted = wanted + console.handle(.world(try first.wait())) + console.resize(terminal.size)
        perform(console.handle(.tick(Stack.clock.now())), terminal, &isRunning)
        terminal.show(console.draw(terminal.size))
        begin()
        perform(wanted, terminal, &isRunning)
        while isRunning {
            terminal.show(console.draw(terminal.size))
            for wake in terminal.wait([mailbox.descriptor], milliseconds: 1000) {
                switch wake {
                case .hangup, .end: isRunning = false
                case .resized: perform(console.resize(terminal.size), terminal, &isRunning)
                case .stop: terminal.suspend()
                case .input, .descriptor, .timeout: break
                }
            }
            perform(console.handle(.tick(Stack.clock.now())), terminal, &isRunning)
            for case .event(let event) in mailbox.take() { perform(console.handle(event), terminal, &isRunning) }
            for arrived in terminal.arrived() {
                let time = start.duration(to: arrived.at) / .seconds(1)
                perform(console.handle(.input(arrived.input, at: time)), terminal, &isRunning)
            }
        }
        terminal.show(console.draw(terminal.size))
        leave(Session(console))
    }

    private func perform(_ effects: [Effect], _ terminal: CursesTerminal, _ isRunning: inout Bool) {
        for effect in effects {
            switch effect {
            case .quit: isRunning = false
            case .redraw: terminal.redraw()
            case .suspend: terminal.suspend()
            case .edit(let text, let question): edit(text, question, terminal)
            case .copy(let text):
                if !terminal.copy(text) { mailbox.post(.notice(Notice(.warn, "too long for the clipboard"))) }
            case .title(let title): terminal.setTitle(title)
            case .call(let words, let isRinging, let isShown):
                if isShown { terminal.notify(title: "pitwall", words) }
                if isRinging { terminal.bell() }
            case .theme(let name): if let theme = themes.theme(name) { terminal.theme = theme }
            case .lookUp(let question): knowledge.lookUp(question)
            default:
                let isTaken =
                    labels.take(effect) || answers.take(effect) || runs.take(effect) || prompts.take(effect)
                    || tokens.take(effect)
                if !isTaken { hand(effect) }
            }
        }
    }

    /// The console stands still while the person's own editor has the terminal.
    private func edit(_ text: String, _ question: String, _ terminal: CursesTerminal) {
        do throws(OwnEditor.Refusal) {
            let written = try OwnEditor(environment: environment).edit(text, terminal)
            mailbox.post(.edited(written, question: question))
        } catch {
            mailbox.post(.notice(Notice(.warn, error.words)))
        }
    }

    /// What takes time is done elsewhere; what comes of it arrives in the mailbox.
    private func hand(_ effect: Effect) {
        let (engine, mailbox, author, datasets) = (engine, mailbox, author, datasets)
        Task.detached {
            switch effect {
            case .survey(let query): mailbox.post(.surveyed(query, await datasets.page(query)))
            case .load(let query):
                do throws(StoreFault) { mailbox.post(.history(query, try await engine.history(query))) } catch let fault
                {
                    mailbox.post(.notice(Notice(.fail, fault.summary, detail: fault.hint)))
                }
            case .read(let query):
                do throws(StoreFault) {
                    mailbox.post(.exchanges(query, try await engine.interactions(query)))
                } catch let fault {
                    mailbox.post(.notice(Notice(.fail, fault.summary, detail: fault.hint)))
                }
            case .label(let finding, let isTrue):
                let label = FindingLabel(at: Stack.clock.now(), author: author, isTrue: isTrue)
                if let fault = await engine.record(label, of: finding) {
                    mailbox.post(.notice(Notice(.fail, "not kept: \(fault.summary)", detail: fault.hint)))
                } else {
                    let word = isTrue.map { $0 ? "right" : "wrong" } ?? "unlabelled"
                    mailbox.post(.notice(Notice(.ok, "\(finding.detector)/\(finding.kind): \(word), kept")))
                    mailbox.post(.exchangesChanged)
                }
            case .loadAlert(let query):
                do throws(StoreFault) { mailbox.post(.alertPast(query, try await engine.past(of: query))) } catch let
                    fault
                {
                    mailbox.post(.notice(Notice(.fail, fault.summary, detail: fault.hint)))
                }
            case .evaluate(let query):
                do throws(StoreFault) {
                    mailbox.post(.evaluation(query, try engine.evaluations(query)))
                } catch { mailbox.post(.notice(Notice(.fail, error.summary, detail: error.hint))) }
            case .rewind(to: let moment?):
                do throws(StoreFault) { mailbox.post(.past(try await engine.past(at: moment))) } catch let fault {
                    mailbox.post(.notice(Notice(.fail, fault.summary, detail: fault.hint)))
                }
            case .poll(let name): await engine.refresh(name)
            case .act(let kind, let subject, let text):
                let act = Act(at: Stack.clock.now(), author: author, kind: kind, subject: subject, text: text)
                if let fault = await engine.record(act) {
                    mailbox.post(.notice(Notice(.fail, "not kept: \(fault.summary)", detail: fault.hint)))
                } else {
                    mailbox.post(.notice(Notice(.ok, "\(kind.rawValue): kept")))
                }
            case .acts(let kind, let subjects, let text, let note):
                let now = Stack.clock.now()
                var acts = subjects.map { Act(at: now, author: author, kind: kind, subject: $0, text: text) }
                if !note.isEmpty {
                    acts += subjects.map { Act(at: now, author: author, kind: .note, subject: $0, text: note) }
                }
                if let fault = await engine.record(acts) {
                    mailbox.post(.notice(Notice(.fail, "not kept: \(fault.summary)", detail: fault.hint)))
                } else {
                    let count = subjects.count == 1 ? "" : ", \(subjects.count) alerts"
                    mailbox.post(.notice(Notice(.ok, "\(kind.rawValue)\(count): kept")))
                }
            case .perform(let request, let connection, let reason, let expectation):
                let operation = PitModel.Operation(
                    id: UUID().uuidString.lowercased(), connection: connection, request: request, author: author,
                    reason: reason,
                    at: Stack.clock.now(), expecting: expectation)
                mailbox.post(.notice(Self.words(await engine.perform(operation))))
            default: await Self.ask(effect, engine, mailbox, author: author)
            }
        }
    }

    /// An accepted request is not a success: only what was seen is.
    static func words(_ entry: JournalEntry) -> Notice {
        let verb = entry.operation.request.word
        switch entry.stage {
        case .verified: return Notice(.ok, "\(verb): done, and seen")
        case .acknowledged: return Notice(.notice, "\(verb): accepted, waiting to see it")
        case .refused: return Notice(.fail, "\(verb) was refused", detail: entry.detail)
        case .sent, .recorded:
            return Notice(.warn, "\(verb): no answer; its outcome is not known yet", detail: entry.detail)
        case .awaiting: return Notice(.notice, "\(verb): waits for a second person", detail: entry.detail)
        case .approved: return Notice(.notice, "\(verb): approved, on its way")
        case .halted: return Notice(.warn, "\(verb): broken off, and not done", detail: entry.detail)
        case .abandoned: return Notice(.notice, "\(verb): abandoned", detail: entry.detail)
        case .contradicted, .unverified: return Notice(.fail, "\(verb): its effect was not seen", detail: entry.detail)
        }
    }
}
