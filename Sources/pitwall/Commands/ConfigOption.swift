import ArgumentParser

/// Where the configuration is.
struct ConfigOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration file; $XDG_CONFIG_HOME/pitwall/config.yaml without it.", valueName: "file"))
    var config: String?

    func load(_ places: Places) throws -> (ConfigFile, ConfigStack) {
        let file = ConfigFile(config, places)
        let read = try file.load()
        return (file, ConfigStack(config: read, stack: try Stack.make(read, places)))
    }
}
