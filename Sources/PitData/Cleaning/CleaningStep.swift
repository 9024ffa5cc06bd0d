public import PitModel
import PitParse

/// One text of a row while it is cleaned.
public struct CleanedText: Equatable, Sendable {
    /// The path it stands at: `response`, `messages.*.content`.
    public let column: String
    public var text: String
    public init(column: String, text: String) { (self.column, self.text) = (column, text) }
}

/// The texts of a row that a step works on.
public struct CleanedRow: Sendable {
    public let line: Int
    public var texts: [CleanedText]
    public init(line: Int, texts: [CleanedText]) { (self.line, self.texts) = (line, texts) }
}

/// What a step says of a row.
public enum CleaningVerdict: Equatable, Sendable {
    case keep
    /// The row goes, for a reason that is one of few: it is counted.
    case remove(String)
    /// It could not be worked on; the row goes to those that could not be read.
    case failed(String)
}

/// A step cannot be done so; in words.
public struct CleaningFault: Error, Equatable, Sendable {
    public var words: String
    public init(_ words: String) { self.words = words }
}

/// A step of cleaning: one file in `Steps`, and one line in `cleaningCatalog`. The same rows in the same order give the
/// same result.
public protocol CleaningStep: Sendable {
    static var about: CleaningStepInfo { get }
    init(_ spec: CleaningStepSpec) throws(CleaningFault)
    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict
    /// Of a step that needs a survey: sees every row as the steps before it leave it, before the first is cleaned.
    mutating func survey(_ row: CleanedRow)
    mutating func endSurvey()
}

extension CleaningStep {
    public mutating func survey(_ row: CleanedRow) {}
    public mutating func endSurvey() {}
}

extension CleanedRow {
    /// Changes each text.
    mutating func change(_ body: (String) -> String) {
        for place in texts.indices { texts[place].text = body(texts[place].text) }
    }

    /// What is wrong with the first text that is not as it should be.
    func verdict(_ body: (String) -> String?) -> CleaningVerdict {
        for one in texts {
            if let reason = body(one.text) { return .remove(reason) }
        }
        return .keep
    }
}

extension CleaningStepSpec {
    /// A regular expression.
    func pattern(_ name: String) throws(CleaningFault) -> PatternFinder? {
        guard let text = text(name) else { return nil }
        do throws(TextPattern.Fault) { return try PatternFinder(text) } catch {
            throw CleaningFault("`\(name)`: \(error.summary)")
        }
    }

    func flag(_ name: String, _ standard: Bool) -> Bool { options[name]?.flag ?? standard }
    func text(_ name: String) -> String? { options[name]?.text }
    func list(_ name: String) -> [String]? { options[name]?.list }

    func number(_ name: String, _ range: ClosedRange<Double>) throws(CleaningFault) -> Double? {
        guard let value = options[name]?.number else { return nil }
        guard range.contains(value) else {
            throw CleaningFault(
                "`\(name)` is \(value.plain), and can be \(range.lowerBound.plain) to \(range.upperBound.plain)")
        }
        return value
    }

    func whole(_ name: String, _ range: ClosedRange<Int>) throws(CleaningFault) -> Int? {
        guard let value = try number(name, Double(range.lowerBound)...Double(range.upperBound)) else { return nil }
        guard let whole = Int(exactly: value) else { throw CleaningFault("`\(name)` wants a whole number") }
        return whole
    }

    /// One of few words.
    func choice(_ name: String, _ all: [String]) throws(CleaningFault) -> String? {
        guard let value = text(name) else { return nil }
        guard all.contains(value) else {
            throw CleaningFault("`\(name)` is `\(value)`, and can be: \(all.joined(separator: ", "))")
        }
        return value
    }

    /// Words that are each one of a list.
    func words(_ name: String, among all: [String]) throws(CleaningFault) -> [String]? {
        guard let values = list(name) else { return nil }
        guard let wrong = values.first(where: { !all.contains($0) }) else { return values }
        throw CleaningFault("`\(name)` has `\(wrong)`, and there are: \(all.joined(separator: ", "))")
    }
}

extension Double {
    /// Without decimals where it has none.
    var plain: String { self == rounded() && abs(self) < 1e15 ? "\(Int64(self))" : "\(self)" }
}
