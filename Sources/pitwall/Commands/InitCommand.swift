import ArgumentParser
import Foundation
import PitConfig
import PitConnect
import PitEngine
import PitModel

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Find what answers on this machine and write a configuration that watches it.")

    @OptionGroup var config: ConfigOption
    @Flag(help: "Print a commented example of everything instead.") var print = false
    @Flag(name: .shortAndLong, help: "Ask nothing: take all that is found.") var yes = false
    @Flag(help: "Overwrite a configuration that is there.") var force = false

    func run() throws {
        if print {
            Terminal.put(
                ConfigExample.text(kinds: connectorCatalog.map { $0.about }, profiles: profileCatalog.map { $0.id }))
            return
        }
        let places = Places()
        let file = ConfigFile(config.config, places)
        guard force || !file.exists else {
            throw Stop(
                .usage, "\(file.path) exists", hint: "Overwrite it with --force, or write another with --config FILE.")
        }
        Terminal.complain("looking on this machine's usual ports ...")
        let environment = places.environment
        let found = try Blocking.run { await Discovery(environment: environment).run() }
        var chosen: [Discovery.Found] = []
        for each in found where ask("watch \(each.what) at \(each.url)?", default: true) { chosen.append(each) }
        while !yes, let url = line("another url to watch (enter ends): "), !url.isEmpty {
            let more = try Blocking.run { await Discovery(environment: environment).look(at: url) }
            if more.isEmpty { Terminal.complain("nothing that pitwall knows answers there") }
            chosen += more
        }
        guard !chosen.isEmpty else {
            throw Stop(
                .notWell, "nothing was found to watch",
                hint: "Look at the example: pitwall init --print. Or at the demo: pitwall demo.")
        }
        try write(Discovery.yaml(chosen, environment: environment), to: file)
        Terminal.say("wrote \(file.path)\nnext: pitwall check, then pitwall")
    }

    private func ask(_ question: String, default answer: Bool) -> Bool {
        guard !yes, isatty(STDIN_FILENO) == 1 else { return answer }
        let reply = line("\(question) [\(answer ? "Y/n" : "y/N")] ") ?? ""
        return reply.isEmpty ? answer : reply.lowercased().hasPrefix("y")
    }

    private func line(_ prompt: String) -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        FileHandle.standardError.write(Data(prompt.utf8))
        return readLine()?.trimmingCharacters(in: .whitespaces)
    }

    private func write(_ text: String, to file: ConfigFile) throws {
        do {
            let folder = URL(fileURLWithPath: file.path).deletingLastPathComponent()
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try text.write(toFile: file.path, atomically: true, encoding: .utf8)
        } catch { throw Stop(.couldNotRun, "\(file.path) cannot be written: \(error.localizedDescription)") }
    }
}
