import CNcurses
public import PitGrid

/// What belongs to the terminal's window, not to its screen.
extension CursesTerminal {
    /// Encoded bytes that terminals are known to take at once.
    private static let clipboardLimit = 74_994

    /// Puts text on the clipboard of the terminal that the person sits at (OSC 52), also over ssh and through tmux.
    /// False when the text is too long or the terminal is known to have no clipboard; that it has one cannot be told.
    public func copy(_ text: String) -> Bool {
        guard isOpen, !isLent, entry.isModern, text.utf8.count <= Self.clipboardLimit / 4 * 3 else { return false }
        let order = "\u{1B}]52;c;\(Base64.encode(Array(text.utf8)))\u{07}"
        send(order)
        // tmux hands its own buffer on only if `set-clipboard` is on; wrapped, if `allow-passthrough` is.
        if isInTmux { send("\u{1B}Ptmux;\u{1B}\(order)\u{1B}\\") }
        return true
    }

    /// Names the window, until the terminal is left. Long titles are cut.
    public func setTitle(_ title: SafeText) {
        guard isOpen, !isLent, entry.isModern else { return }
        if !hasTitle { send("\u{1B}[22;2t") }
        hasTitle = true
        send("\u{1B}]2;\(title.truncated(to: 120))\u{07}")
    }

    /// Shows a notification on the desktop that the terminal runs on: OSC 777 where that is what is understood (urxvt,
    /// foot, VTE), OSC 9 elsewhere. Whether it is shown is up to the terminal. Long words are cut.
    public func notify(title: SafeText, _ words: SafeText) {
        guard isOpen, !isLent, entry.isModern else { return }
        // A semicolon would part the words, and OSC 9 takes a number at the beginning for another order.
        func plain(_ text: SafeText, _ limit: Int) -> String {
            text.truncated(to: limit).description.replacing(";", with: ",")
        }
        let order =
            understands777
            ? "\u{1B}]777;notify;\(plain(title, 60));\(plain(words, 200))\u{07}"
            : "\u{1B}]9;\(plain(title, 60)): \(plain(words, 200))\u{07}"
        send(isInTmux ? "\u{1B}Ptmux;\(order.replacing("\u{1B}", with: "\u{1B}\u{1B}"))\u{1B}\\" : order)
    }

    /// Rings, or flashes, as the terminal is set to.
    public func bell() {
        guard isOpen, !isLent else { return }
        send("\u{07}")
    }
}
