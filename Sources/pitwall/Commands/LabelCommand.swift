import ArgumentParser
import PitModel

struct LabelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "label", abstract: "Judge what models answered, a key each: opens the console at a queue.",
        discussion: "Queues are made by `pitwall queue create`, or on the screen. Every key is on the disk at once.")

    @OptionGroup var config: ConfigOption
    @OptionGroup var look: LookOptions
    @OptionGroup var person: AnnotatorOption
    @Argument(help: "The queue; the list of them without it.") var queue: String?

    func run() throws {
        try ConsoleCommand.open(
            config: config.config, look: look.look, annotator: person.annotator,
            at: .init(screen: "label", subject: queue))
    }
}
