import PitGrid
import PitModel

extension LabelScreen {
    static let open = Command<Self>(
        "open", "enter", title: "open", help: "Open the selected queue.", hint: 10,
        availability: needsRow
    ) { screen, world in
        screen.enter(screen.selected?.id)
        screen.settle(on: world)
        return []
    }

    static let create = Command<Self>(
        "new", "N", title: "new queue", help: "Make a queue: which exchanges, under which rubric.", hint: 9,
        isMutating: true
    ) { _, world in [.ask(newQueue(world))] }

    static let deskCommands: [Command<Self>] = [
        skip, undo, redo, flag, comment, guidelines, reveal, whole, raw, cite, again, pairs, alerts, turn, back, forth,
        queues,
        scrollDown,
        scrollUp,
        lineDown, lineUp,
    ]

    private static func needsItem(_ screen: Self, _ world: World) -> Availability {
        screen.item(world) == nil ? .refused(because: "there is no exchange to judge here") : .available
    }

    private static let skip = Command<Self>(
        "skip", "s", title: "skip", help: "Skip it: it comes again after the others.", hint: 8, isMutating: true,
        availability: needsItem
    ) { screen, world in screen.act(.mark(LabelMark(.skipped)), world) }

    private static let undo = Command<Self>(
        "undo", "u", title: "undo", help: "Take the latest act back, whenever it was made.", hint: 8,
        isMutating: true,
        availability: { screen, world in
            screen.page(world)?.canUndo == true ? .available : .refused(because: "there is nothing to take back")
        }
    ) { screen, world in screen.act(.undo, world) }

    private static let redo = Command<Self>(
        "redo", "ctrl-r", title: "redo", help: "Do again what was taken back last.", hint: 3, isMutating: true,
        availability: { screen, world in
            screen.page(world)?.canRedo == true ? .available : .refused(because: "nothing was taken back")
        }
    ) { screen, world in screen.act(.redo, world) }

    private static let flag = Command<Self>(
        "flag", "x", title: "flag", help: "Flag it to be talked about, with a note; or take the flag away.", hint: 6,
        isMutating: true, availability: needsItem
    ) { screen, world in
        if screen.item(world)?.mark == .flagged { return screen.act(.mark(LabelMark(.cleared)), world) }
        return [
            .ask(
                Question(
                    screen.questionID("flag", world), title: "Flag it", body: ["It is kept to be talked about."],
                    fields: [.init("text", "note", placeholder: "what is to be talked about")], verb: "Flag"))
        ]
    }

    private static let comment = Command<Self>(
        "comment", "c", title: "comment", help: "Say why: it is kept with the judgement.", hint: 5, isMutating: true,
        availability: needsItem
    ) { screen, world in
        // A rubric may ask for it by a question of its own.
        if let asked = screen.asked(world).first(where: { $0.isAnsweredInWords && $0.key == "c" }) {
            return screen.askWords(asked, world)
        }
        let kept = screen.item(world)?.own.values.lazy.map(\.comment).first { !$0.isEmpty } ?? ""
        let said = screen.sight?.comment ?? ""
        return [
            .ask(
                Question(
                    screen.questionID("comment", world), title: "Comment",
                    fields: [.init("text", "why", value: said.isEmpty ? kept : said, lines: .growing)], verb: "Keep"))
        ]
    }

    private static let guidelines = Command<Self>(
        "guidelines", "g", title: "guidelines", help: "Show how to judge, or go back to the exchange.", hint: 4
    ) { screen, _ in
        screen.showsGuidelines.toggle()
        screen.scroll = 0
        return []
    }

    private static let reveal = Command<Self>(
        "reveal", "v", title: "reveal", help: "Show what is private in it; that it was shown is kept.", hint: 2,
        isMutating: true,
        availability: { screen, world in
            screen.masks(world) ? .available : .refused(because: "nothing is starred out here")
        }
    ) { screen, world in screen.act(.mark(LabelMark(.revealed)), world) }

    private static let whole = Command<Self>(
        "whole", "w", title: "whole", help: "Show every message, and each whole; or fold what is long.", hint: 3
    ) { screen, _ in
        screen.isWhole.toggle()
        screen.scroll = 0
        return []
    }

    private static let raw = Command<Self>(
        "raw", "M", title: "raw", help: "Show texts as they were written, or Markdown and calls of tools as meant.",
        hint: 2
    ) { screen, _ in
        screen.isRaw.toggle()
        return []
    }

    private static let alerts = Command<Self>(
        "alerts", "A", title: "alerts", help: "Look at the alerts; esc comes back to this exchange.", hint: 1
    ) { _, _ in [.look(screen: AlertsScreen.about.id)] }

    private static let turn = Command<Self>(
        "question", "tab", title: "next question", help: "Turn to the next question of the rubric.",
        availability: { screen, world in
            screen.asked(world).count > 1 ? .available : .refused(because: "there is no other question")
        }
    ) { screen, world in
        let asked = screen.asked(world)
        let now = screen.question(world).flatMap { question in asked.firstIndex { $0.id == question.id } } ?? 0
        guard !screen.sights.isEmpty, !asked.isEmpty else { return [] }
        screen.sights[0].question = asked[(now + 1) % asked.count].id
        screen.sights[0].ticked = nil
        return []
    }

    private static let back = Command<Self>(
        "item-back", "backspace", "left", title: "the one before", help: "Go back to the exchange judged last.",
        hint: 2,
        availability: { screen, world in
            screen.page(world)?.latest == nil ? .refused(because: "none was judged here yet") : .available
        }
    ) { screen, world in screen.show(isBack: true, world) }

    private static let forth = Command<Self>(
        "item-next", "right", title: "next", help: "Go on to the next exchange that is left.", hint: 2,
        availability: { screen, _ in
            screen.isBack ? .available : .refused(because: "this is the next one: answer it, or skip it with s")
        }
    ) { screen, world in screen.show(isBack: false, world) }

    private mutating func show(isBack: Bool, _ world: World) -> [Effect] {
        (self.isBack, sights) = (isBack, [])
        settle(on: world)
        return []
    }

    private static let queues = Command<Self>(
        "queues", "Q", title: "queues", help: "Leave this queue: show all of them."
    ) { screen, world in
        screen.enter(nil)
        screen.settle(on: world)
        return []
    }

    static let scrollDown = Command<Self>(
        "scroll-down", "pgdn", "ctrl-d", "space", title: "scroll", help: "Scroll down by a page."
    ) { screen, world in screen.scroll(by: max(1, screen.size.height - 10), world) }
    static let scrollUp = Command<Self>(
        "scroll-up", "pgup", title: "scroll up", help: "Scroll up by a page."
    ) { screen, world in screen.scroll(by: -max(1, screen.size.height - 10), world) }
    private static let lineDown = Command<Self>(
        "line-down", "down", title: "line down", help: "Scroll down by a line."
    ) { screen, world in screen.scroll(by: 1, world) }
    private static let lineUp = Command<Self>(
        "line-up", "up", title: "line up", help: "Scroll up by a line."
    ) { screen, world in screen.scroll(by: -1, world) }

    private mutating func scroll(by lines: Int, _ world: World) -> [Effect] {
        touch(world)
        let wanted = max(0, min(scroll + lines, 20_000))
        // Up needs no reading; down no more of it than to where it goes.
        let last = lines < 0 ? wanted : textLines(world, width: size.width - 2, limit: wanted + 1).count - 1
        scroll = max(0, min(wanted, last))
        return []
    }

    /// The questions that keys can answer now.
    func asked(_ world: World) -> [RubricQuestion] {
        guard let page = page(world), let item = item(world) else { return [] }
        return page.rubric.asked(given: item.values)
    }
}
