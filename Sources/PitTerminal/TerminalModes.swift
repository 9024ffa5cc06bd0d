/// The modes that are asked of the terminal beside those that terminfo knows, and how each is left again.
struct TerminalModes {
    /// Bracketed paste, focus, clicks in the SGR form.
    let on: String
    let off: String
    /// Asks whether a frame can be shown at once (mode 2026); the second question is one that every terminal
    /// answers, so that its answer tells that no other will come.
    let question: String

    init(entry: TerminalEntry, mouse: Bool) {
        guard entry.isModern else {
            (on, off, question) = ("", "", "")
            return
        }
        on = "\u{1B}[?2004h\u{1B}[?1004h" + (mouse ? "\u{1B}[?1000h\u{1B}[?1006h" : "")
        off = Self.allOff
        question = "\u{1B}[?2026$p\u{1B}[c"
    }

    private static let allOff = "\u{1B}[?1006l\u{1B}[?1000l\u{1B}[?1004l\u{1B}[?2004l"
    static let beginFrame = "\u{1B}[?2026h"
    static let endFrame = "\u{1B}[?2026l"

    /// What the guard writes when the process dies: every mode off, a plain and visible cursor, the plain character
    /// set, cursor keys as they were, and the screen that was there before.
    static func leave(_ entry: TerminalEntry) -> String {
        let screen = entry.leaveScreen.isEmpty ? "\u{1B}[999;1H\r\n" : entry.leaveScreen
        let modes = entry.isModern ? endFrame + allOff + "\u{1B}[?1002l\u{1B}[?1003l\u{1B}[?25h\u{1B}[?1l\u{1B}>" : ""
        return modes + "\u{1B}[0m\u{1B}(B\u{0F}" + (entry.isPoor ? "\u{1B}[?25h" : "") + screen
    }
}
