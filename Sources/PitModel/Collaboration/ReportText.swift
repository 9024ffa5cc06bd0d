/// A report of sections as people pass it on: Markdown for a chat or a ticket, or one page of HTML. Nothing in its lines
/// is taken for markup.
public struct ReportText: Equatable, Sendable {
    public var title: String
    /// The line beneath the title.
    public var lead: String
    public var sections: [Handover.Section]
    public init(_ title: String, lead: String, sections: [Handover.Section]) {
        (self.title, self.lead, self.sections) = (title, lead, sections)
    }

    /// As a page for a chat or a ticket.
    public var markdown: String {
        var text = "# \(Self.plain(title))\n\n\(Self.plain(lead))\n"
        for section in sections {
            text += "\n## \(section.title)\n\n"
            text += section.lines.isEmpty ? "\(section.none)\n" : section.lines.map { "- \(Self.plain($0))\n" }.joined()
        }
        return text
    }

    /// The same as one page of HTML that needs nothing else.
    public var html: String {
        var text = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(Self.escaped(title))</title></head><body>
            <h1>\(Self.escaped(title))</h1>
            <p>\(Self.escaped(lead))</p>

            """
        for section in sections {
            text += "<h2>\(section.title)</h2>\n"
            text +=
                section.lines.isEmpty
                ? "<p>\(section.none)</p>\n"
                : "<ul>\n" + section.lines.map { "<li>\(Self.escaped($0))</li>\n" }.joined() + "</ul>\n"
        }
        return text + "</body></html>\n"
    }

    /// One line that means nothing to Markdown.
    private static func plain(_ text: String) -> String {
        var result = ""
        for character in text {
            if character.isNewline {
                result += " "
            } else {
                if "\\`*_[]<>#|".contains(character) { result += "\\" }
                result.append(character)
            }
        }
        return result
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
