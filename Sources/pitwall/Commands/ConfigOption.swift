import ArgumentParser
import PitHTTP

/// Where the configuration is.
struct ConfigOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration file; $XDG_CONFIG_HOME/pitwall/config.yaml without it.", valueName: "file"))
    var config: String?

    func load(_ places: Places) throws -> (ConfigFile, ConfigStack) { try ConfigStack.load(config, places) }

    /// Does something with what the configuration says, and then lets go of its servers.
    func visit<T: Sendable>(_ body: @escaping @Sendable (Stack) async throws -> T) throws -> T {
        let (_, made) = try load(Places())
        let stack = made.stack
        defer { stack.http.shutdown() }
        return try Blocking.run { try await body(stack) }
    }
}
