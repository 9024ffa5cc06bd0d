import PitGrid
import PitModel

/// A question while it is answered. The focus starts on the first line to fill in, or on Cancel.
struct QuestionState: Equatable, Sendable {
    let question: Question
    private var fields: [QuestionField]
    /// The room that the dialog has.
    private var room = Size(80, 21)
    /// Whether what was written is to be left: asked for once.
    private var isLeaving = false
    /// Fields, then Cancel, then the verb.
    private(set) var focus: Int
    var showsPreview = false
    private(set) var complaint: String?

    enum Outcome: Equatable {
        case open, cancelled, confirmed
        /// The text is to be opened in an editor.
        case edit(String)
    }

    init(_ question: Question, room: Size) {
        self.question = question
        fields = question.fields.map(QuestionField.init)
        (focus, self.room) = (0, room)
    }

    mutating func fit(_ room: Size) { self.room = room }

    /// Puts in what was written elsewhere.
    mutating func set(_ text: String) {
        guard let index = fields.indices.contains(focus) ? focus : fields.firstIndex(where: \.canBeLong) else { return }
        fields[index].set(text)
    }

    private var cancel: Int { fields.count }
    private var confirm: Int { fields.count + 1 }

    var values: [String: String] {
        Dictionary(zip(question.fields, fields).map { ($0.id, $1.text) }, uniquingKeysWith: { $1 })
    }

    mutating func paste(_ text: String) {
        if fields.indices.contains(focus) { fields[focus].insert(text) }
        isLeaving = false
    }

    mutating func press(_ key: Key) -> Outcome {
        complaint = nil
        if fields.indices.contains(focus), let outcome = pressLong(key) { return outcome }
        switch key.description {
        case "esc", "ctrl-c": return .cancelled
        case "tab", "down": focus = (focus + 1) % (fields.count + 2)
        case "shift-tab", "up": focus = (focus + fields.count + 1) % (fields.count + 2)
        case "ctrl-o": showsPreview.toggle()
        case "enter":
            if focus == cancel { return .cancelled }
            if focus == confirm { return check() }
            focus += focus == fields.count - 1 ? 2 : 1
        case "left" where focus >= cancel, "right" where focus >= cancel: focus = focus == cancel ? confirm : cancel
        case "left" where !choices.isEmpty: turn(-1)
        case "right" where !choices.isEmpty: turn(1)
        default: if fields.indices.contains(focus) { _ = fields[focus].handle(key, size: areaSize) }
        }
        return .open
    }

    /// What keys mean in a text that can have several lines; nil where they mean what they mean elsewhere.
    private mutating func pressLong(_ key: Key) -> Outcome? {
        guard fields[focus].canBeLong else { return nil }
        if key != "esc" { isLeaving = false }
        switch key.description {
        case "ctrl-o": return .edit(fields[focus].text)
        case "ctrl-s": return check()
        case "alt-enter" where !fields[focus].isLong:
            fields[focus].grow()
            fields[focus].insert("\n")
        case "esc" where fields[focus].isLong && fields[focus].text != question.fields[focus].value && !isLeaving:
            isLeaving = true
            complaint = "esc again throws away what you wrote; ctrl-s keeps it"
        case "tab" where fields[focus].isLong && focus == fields.count - 1: focus = confirm
        case "tab", "shift-tab", "esc", "ctrl-c": return nil
        default:
            guard fields[focus].isLong else { return nil }
            _ = fields[focus].handle(key, size: areaSize)
        }
        return .open
    }

    mutating func click(_ index: Int) -> Outcome {
        focus = index
        return index == cancel ? .cancelled : index == confirm ? check() : .open
    }

    private var choices: [String] { question.fields.indices.contains(focus) ? question.fields[focus].choices : [] }

    private mutating func turn(_ step: Int) {
        let all = choices
        let now = all.firstIndex(of: fields[focus].text)
        let next = now.map { ($0 + step + all.count) % all.count } ?? 0
        fields[focus].set(all[next])
    }

    private mutating func check() -> Outcome {
        for (index, field) in question.fields.enumerated()
        where field.isRequired && fields[index].text.allSatisfy(\.isWhitespace) {
            complaint = field.label.isEmpty ? "it is empty" : "\(field.label) is needed"
            focus = index
            return .open
        }
        return .confirmed
    }

    mutating func complain(_ words: String) { complaint = words }

    func draw(in area: Rect, on frame: inout Frame) {
        let width = dialogWidth(area.size)
        let body = question.body.flatMap { SafeText($0).wrapped(to: width - 4) }
        let preview = showsPreview ? question.preview.flatMap { SafeText($0).wrapped(to: width - 4) } : []
        let heights = fieldHeights(area.size)
        let height = body.count + preview.count + heights.reduce(0, +) + 5 + (complaint == nil ? 0 : 1)
        let box = area.centered(Size(width, min(height, area.height)))
        frame.silence()
        frame.fill(box, ink: Ink(on: .overlay))
        frame.box(
            box, title: SafeText(question.title), ink: Ink(.focus, on: .overlay),
            titleInk: Ink(.title, on: .overlay, strong: true))
        let inside = box.inset(x: 2, y: 1)
        var y = inside.y
        for line in body + preview {
            frame.text(line, in: Rect(inside.x, y, inside.width, 1).intersection(inside), ink: Ink(.text, on: .overlay))
            y += 1
        }
        y += 1
        let labels = question.fields.map(\.label.count).max() ?? 0
        for (index, field) in question.fields.enumerated() {
            let row = Rect(inside.x, y, inside.width, heights[index]).intersection(inside)
            let isFocused = index == focus
            frame.text(
                SafeText(field.label), in: Rect(row.x, row.y, labels, min(1, row.height)),
                ink: Ink(isFocused ? .focus : .dim, on: .overlay, strong: isFocused))
            let room = Rect(row.x + labels + 2, row.y, row.width - labels - 2, row.height)
            let hint =
                field.choices.isEmpty
                ? field.placeholder : "\(field.placeholder)  (left, right: \(field.choices.joined(separator: " ")))"
            switch fields[index] {
            case .line(let state, _):
                TextField(placeholder: SafeText(hint), isFocused: isFocused, ink: Ink(on: .overlay)).draw(
                    state, in: room, on: &frame)
            case .area(let state):
                TextArea(isFocused: isFocused, ink: Ink(on: .overlay)).draw(state, in: room, on: &frame)
            }
            frame.listen(row, "overlay.focus", row: index)
            y += heights[index]
        }
        if let complaint {
            frame.text(
                SafeText(complaint), in: Rect(inside.x, y, inside.width, 1).intersection(inside),
                ink: Ink(.fail, on: .overlay, strong: true))
        }
        drawButtons(in: Rect(inside.x, inside.maxY - 1, inside.width, 1), on: &frame)
    }

    private func dialogWidth(_ area: Size) -> Int {
        min(fields.contains(where: \.isLong) ? 104 : 78, area.width - 4)
    }

    /// A text of several lines has what room there is.
    private func fieldHeights(_ area: Size) -> [Int] {
        let around = 8 + question.body.count + fields.count
        return fields.map { $0.isLong ? max(3, min(20, area.height - around)) : 1 }
    }

    private var areaSize: Size {
        let labels = question.fields.map(\.label.count).max() ?? 0
        let heights = fieldHeights(room)
        let height = fields.indices.contains(focus) ? heights[focus] : 1
        return Size(dialogWidth(room) - 4 - labels - 2 - 1, height)
    }

    private func drawButtons(in row: Rect, on frame: inout Frame) {
        var x = row.x
        for (index, word) in [(cancel, "Cancel"), (confirm, question.verb)] {
            let label: SafeText = "[ \(word) ]"
            let isFocused = focus == index
            let ink = Ink(isFocused ? .focus : .text, on: isFocused ? .selection : .overlay, strong: isFocused)
            let place = Rect(x, row.y, label.columns, 1).intersection(row)
            frame.text(label, in: place, ink: ink)
            frame.listen(place, "overlay.focus", row: index)
            if isFocused { frame.cursor = Point(x + 2, row.y) }
            x += label.columns + 2
        }
        var hint = question.preview.isEmpty ? "tab next   esc cancel" : "tab next   ctrl-o request   esc cancel"
        if fields.contains(where: \.isLong) {
            hint = "ctrl-s \(question.verb.lowercased())   ctrl-o editor   esc cancel"
        } else if fields.contains(where: \.canBeLong) {
            hint = "alt-enter more lines   ctrl-o editor   esc cancel"
        }
        frame.text(
            SafeText(hint), in: Rect(x + 2, row.y, row.maxX - x - 2, 1), align: .right, ink: Ink(.dim, on: .overlay))
    }
}
