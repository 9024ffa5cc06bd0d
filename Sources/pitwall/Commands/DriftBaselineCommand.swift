import ArgumentParser
import PitEngine
import PitHTTP
import PitModel
import PitStore

extension DriftCommand {
    struct Baseline: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Distributions to compare with: save, list, rm.",
            subcommands: [Save.self, List.self, Remove.self], defaultSubcommand: List.self)

        struct Save: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Save what a model's traffic was like, under a name.",
                discussion: "Compare with it by `reference: baseline NAME` in the configuration, or --reference.")
            @OptionGroup var config: ConfigOption
            @Argument(help: "The model.") var model: String
            @Argument(help: "The baseline's name.") var name: String
            @Option(help: "Since when: an RFC 3339 time, or how long ago.") var from = "1d"
            @Option(help: "Until when; now without it.") var to: String?

            func run() throws {
                let (_, made) = try config.load(Places())
                defer { made.stack.http.shutdown() }
                let range = TimeRange(from: try Moment.read(from, "--from"), to: try Moment.read(to, "--to"))
                guard range.length > 0 else { throw Stop(.usage, "--from must be before --to") }
                let (engine, author) = (made.stack.engine(), made.stack.settings.author)
                let (model, name) = (ModelName(model), name)
                do {
                    let saved = try Blocking.run {
                        _ = await engine.prepare()
                        return try await engine.saveBaseline(name, of: model, range, author: author)
                    }
                    guard let saved else {
                        throw Stop(
                            .couldNotRun, "nothing was counted for `\(model)` in that time",
                            hint: "Something must have polled its metrics then: the console, or pitwall poll.")
                    }
                    Terminal.say(
                        "saved `\(name)` of \(model): \(saved.range.from.rfc3339) to \(saved.range.to.rfc3339)")
                } catch let fault as StoreFault {
                    throw Stop(fault)
                }
            }
        }

        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "List what was saved.")
            @OptionGroup var config: ConfigOption
            @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

            func run() throws {
                let (_, made) = try config.load(Places())
                defer { made.stack.http.shutdown() }
                let all: [DriftBaseline]
                do throws(StoreFault) { all = try made.stack.store.baselines() } catch {
                    throw Stop(error)
                }
                let report = Report(
                    columns: [
                        .init(key: "model", title: "MODEL"), .init(key: "name", title: "NAME"),
                        .init(key: "from", title: "FROM"), .init(key: "to", title: "TO"),
                        .init(key: "author", title: "BY"), .init(key: "saved_at", title: "SAVED", isWide: true),
                        .init(key: "features", title: "FEATURES"),
                    ],
                    rows: all.map {
                        [
                            .text($0.model.description), .text($0.name), .time($0.range.from), .time($0.range.to),
                            .text($0.author), .time($0.at), .list($0.counts.keys.map(\.jsonKey).sorted()),
                        ]
                    }, emptyText: "no baseline was saved: pitwall drift baseline save MODEL NAME")
                Terminal.put(report.render(output))
            }
        }

        struct Remove: ParsableCommand {
            static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove a baseline.")
            @OptionGroup var config: ConfigOption
            @Argument(help: "The model.") var model: String
            @Argument(help: "The baseline's name.") var name: String

            func run() throws {
                let (_, made) = try config.load(Places())
                defer { made.stack.http.shutdown() }
                let (store, author) = (made.stack.store, made.stack.settings.author)
                let removed: Bool
                do throws(StoreFault) {
                    removed = try store.removeBaseline(
                        name, of: ModelName(model), author: author, at: Stack.clock.now())
                } catch { throw Stop(error) }
                guard removed else {
                    throw Stop(
                        .usage, "there is no baseline `\(name)` of `\(model)`", hint: "See: pitwall drift baseline list"
                    )
                }
                Terminal.say("removed `\(name)` of \(model)")
            }
        }
    }
}
