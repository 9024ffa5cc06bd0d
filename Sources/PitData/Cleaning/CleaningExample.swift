import PitModel

/// The recipe that `pitwall data clean --example` writes: steps that most files of texts want, and every other step and
/// option as a comment. A test reads it back, comments taken away too, so that it stays true.
public enum CleaningExample {
    /// Steps that are done; the rest are comments.
    private static let done: Set<String> = ["unicode", "whitespace", "redact", "duplicates"]

    public static var text: String {
        var text = """
            # A recipe for pitwall data clean: steps, done in their order, on every row.
            # See what it would do: pitwall data clean FILE --recipe THIS.yaml --preview 5
            version: 1
            name: my-recipe
            # The texts that are cleaned, a star for every place of a list; every text of a row without it.
            # columns: [prompt, response, messages.*.content]
            # How lines are read that are no UTF-8: cp1252 or latin1. They are left out without it.
            # encoding: cp1252
            # A step may name its own columns (`columns: [response]`), and itself (`name: links`).
            steps:

            """
        for kind in cleaningCatalog {
            let about = kind.about
            let isDone = done.contains(about.id)
            let mark = isDone ? "" : "# "
            text += "  # \(about.summary)\n"
            text += "  \(mark)- step: \(about.id)\n"
            if about.id == "values" { text += "  \(mark)  columns: [label]\n" }
            for option in about.options + (about.pairs.map { [$0] } ?? []) {
                text += "  #   \(option.name): \(option.example)   # \(option.help)\n"
            }
        }
        return text
    }
}
