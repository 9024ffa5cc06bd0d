import ArgumentParser

struct LabelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "label", abstract: "Open the console where answers are judged.",
        discussion: "Without a queue it lists them. To make one: pitwall queue create NAME --model MODEL")
    @OptionGroup var config: ConfigOption
    @OptionGroup var look: LookOptions
    @Argument(help: "The queue (pitwall queue list).") var queue: String?

    func run() throws {
        try ConsoleCommand.open(
            config: config.config, look: look.look, at: ConsolePlace(screen: "label", subject: queue))
    }
}
