import Foundation

/// A person's folders with a configuration and a state, for runs of the program itself.
struct ConsoleHome {
    static let models = 100

    let folder: URL
    let environment: [String: String]

    /// A hundred models, each read from a page of its own.
    init(_ bench: Bench, name: String, port: String, interval: String) throws {
        folder = bench.room.appending(path: name)
        environment = [
            "XDG_CONFIG_HOME": folder.appending(path: "config").path,
            "XDG_STATE_HOME": folder.appending(path: "state").path,
            "HOME": folder.path,
        ]
        let place = folder.appending(path: "config/pitwall")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        var text = "store: {max_size: 4GB}\nconnections:\n"
        for model in 0..<Self.models {
            let url = "http://127.0.0.1:\(port)/t/\(model)/metrics"
            text += "  - {name: c\(model), kind: metrics, url: '\(url)', proxy: none, interval: \(interval)}\n"
        }
        text += "models:\n"
        for model in 0..<Self.models { text += "  - {name: model-\(model), metrics: c\(model)}\n" }
        try text.write(to: place.appending(path: "config.yaml"), atomically: true, encoding: .utf8)
    }

    var cache: String { folder.appending(path: "state/pitwall/cache.db").path }

    /// Polls for some seconds without a screen, so that there is something to start from.
    func poll(_ bench: Bench, seconds: Int) throws {
        try bench.run(
            bench.pitwall, ["poll", "--for", "\(seconds)s"], environment: environment, isChecked: false)
    }

    /// A shell's words that run a command here.
    func words(_ command: [String]) -> String {
        (["env"] + environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + command)
            .map { "'\($0)'" }.joined(separator: " ")
    }
}

extension Bench {
    /// What the unpacked programs need to find their libraries.
    var libraries: String {
        let folders = ["lib", "usr/lib"].flatMap { part in
            let folder = debian(part)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.filter { $0.hasSuffix("-linux-gnu") }.map { "\(folder)/\($0)" }
        }
        return "LD_LIBRARY_PATH=\(folders.joined(separator: ":"))"
    }

    /// htop at one look a second.
    var htop: [String] { ["env", libraries, debian("usr/bin/htop"), "-d", "10"] }

    /// btop at one look a second, its settings in the room.
    func btop() throws -> [String] {
        let place = room.appending(path: "btop/btop")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try "update_ms = 1000\n".write(to: place.appending(path: "btop.conf"), atomically: true, encoding: .utf8)
        let config = "XDG_CONFIG_HOME=\(room.appending(path: "btop").path)"
        return ["env", config, libraries, debian("usr/bin/btop"), "--utf-force"]
    }
}
