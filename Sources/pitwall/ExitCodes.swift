import ArgumentParser
import PitData
import PitListen
import PitModel
import PitStore
import PitTerminal

/// The exit codes, a contract with scripts.
extension ExitCode {
    /// Something that is watched is not well.
    static let notWell = ExitCode(1)
    /// The arguments or the configuration are not right.
    static let usage = ExitCode(2)
    /// pitwall itself could not run.
    static let couldNotRun = ExitCode(3)
}

/// An end of the program with words for the person and a code for the script.
struct Stop: Error, CustomStringConvertible {
    var code: ExitCode
    var words: String
    var hint: String
    init(_ code: ExitCode, _ words: String, hint: String = "") {
        (self.code, self.words, self.hint) = (code, words, hint)
    }
    var description: String { hint.isEmpty ? words : "\(words)\n\(hint)" }
}

/// What went wrong in a line, and what to do about it.
protocol ToldFault {
    var summary: String { get }
    var hint: String { get }
}

extension ConnectorFault: ToldFault {}
extension DataFault: ToldFault {}
extension MetricsListener.Fault: ToldFault {}
extension StoreFault: ToldFault {}
extension TerminalFault: ToldFault {}
extension KnowledgeShelf.Fault: ToldFault {}

extension Stop {
    /// Pitwall could not do it.
    init(_ fault: some ToldFault) { self.init(.couldNotRun, fault.summary, hint: fault.hint) }
}
