import ArgumentParser
import PitEngine
import PitModel

extension PromptCommand {
    struct Drafts: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List versions that were written and that no server keeps: why, and where their text lies.",
            discussion: "`e` on the prompt goes on with the newest; so does: pitwall prompt new NAME --file FILE")
        @Option(help: "Throw this one away.") var delete: String?
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let drafts = PromptDrafts(state: Places().state)
            let all = drafts.all()
            if let delete {
                guard let one = all.first(where: { $0.id == delete }) else {
                    throw Stop(.usage, "there is no draft `\(delete)`", hint: "See them: pitwall prompt drafts")
                }
                drafts.forget(one.id)
                return
            }
            Terminal.put(PromptReport.drafts(all).render(output))
        }
    }
}
