public import PitGrid

/// Texts that terminals and curses count differently.
public enum Zoo {
    /// Those that are shown as they are.
    public static let exact: [SafeText] = [
        "plain | 監視盤 | 한국어 | ｆｕｌｌ", "Braille ⣀⣤⣶⣿⡇ box ╭─╮│╰╯ bars ▁▂▃▄▅▆▇█", "e\u{301}a\u{30A}n\u{303} | ñ é ü",
        "fire 🔥 tick ✅ rocket 🚀 |", "ไทย | עברית | العربية |",
    ]

    /// Those of which less is shown, in as many columns, and what that is.
    public static let fitted: [(text: SafeText, shown: String)] = [
        ("heart \u{2764}\u{FE0F} end|", "heart \u{2764}  end|"),
        ("coder 👩\u{200D}💻 end|", "coder 👩 end|"),
        ("family 👨\u{200D}👩\u{200D}👧\u{200D}👦 end|", "family 👨 end|"),
        ("flag 🇫🇷 end|", "flag FR end|"),
        ("thumb 👍\u{1F3FD} end|", "thumb 👍 end|"),
        ("key 1\u{FE0F}\u{20E3} end|", "key 1\u{20E3}  end|"),
    ]

    /// Draws all of them, a line each, and gives the line after the last.
    public static func draw(on frame: inout Frame, from row: Int) -> Int {
        var y = row
        for text in exact + fitted.map(\.text) {
            frame.text(text, at: Point(0, y))
            y += 1
        }
        return y
    }
}
