import PitModel

/// A comment is asked for, wherever that is.
enum CommentQuestion {
    static let id = "comment"

    static func ask(_ what: String) -> Question {
        Question(
            id, title: "Comment", body: ["On \(what); others read it."],
            fields: [.init("text", "comment", isRequired: true, lines: .growing)], verb: "Keep")
    }

    static func effects(_ values: [String: String], on subject: CommentSubject) -> [Effect] {
        let text = values["text"] ?? ""
        guard text.contains(where: { !$0.isWhitespace }) else { return [.toast(Notice(.warn, "the comment is empty"))] }
        return [.act(.note, subject: subject.description, text: text)]
    }
}
