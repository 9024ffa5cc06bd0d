import Foundation
import PitConfig
import PitEngine
import PitModel

/// A configuration and what was put together by it.
struct ConfigStack: Sendable {
    let config: Config
    let stack: Stack
    /// Those that pitwall comes with and the user's own.
    var rubrics: [Rubric] { config.labeling.rubrics }

    /// Reads a configuration, without a name the usual one, and puts together what it says.
    static func load(_ named: String?, _ places: Places, opening: Stack.Opening? = nil) throws -> (
        ConfigFile, ConfigStack
    ) {
        let file = ConfigFile(named, places)
        let read = try file.load()
        var stack = try Stack.make(read, places, opening: opening)
        // A keeper begins where this process did, and may outlive that folder's being the current one.
        stack.configFile = URL(filePath: file.path).path
        return (file, ConfigStack(config: read, stack: stack))
    }
}

extension Stack {
    /// Ends the command where the configuration says that nothing is to be changed.
    func requireWritable() throws {
        if settings.isReadOnly { throw Stop(.usage, "the configuration says read_only: true") }
    }
}
