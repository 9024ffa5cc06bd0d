import ArgumentParser

/// Where the configuration is.
struct ConfigOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration file; $XDG_CONFIG_HOME/pitwall/config.yaml without it.", valueName: "file"))
    var config: String?

    func load(_ places: Places) throws -> (ConfigFile, ConfigStack) { try ConfigStack.load(config, places) }
}
