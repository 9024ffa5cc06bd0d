import PitModel
import Yams

/// What is chosen by its id from a catalog and takes options: metrics, requirements, steps of cleaning.
protocol Cataloged {
    var id: String { get }
    var summary: String { get }
    var options: [OptionInfo] { get }
    /// The options without which it cannot be.
    var required: [String] { get }
}

extension MetricInfo: Cataloged {}
extension RequirementInfo: Cataloged {}
extension CleaningStepInfo: Cataloged {}

extension Sequence where Element: Cataloged {
    /// That of an id; nil after it was told that there is none.
    ///
    /// - Parameter noun: what it is, in words: `step`.
    func named(_ id: String, _ noun: String, at mark: Mark?, _ issues: IssueList) -> Element? {
        if let info = first(where: { $0.id == id }) { return info }
        let all = map(\.id)
        let near = Nearest.word(to: id, among: all).map { "Did you mean `\($0)`? " } ?? ""
        issues.add("`\(id)` is no \(noun)", hint: "\(near)There are: \(all.joined(separator: ", ")).", at: mark)
        return nil
    }
}

extension Cataloged {
    /// Whether options are all that it needs and nothing that it refuses; tells what is wrong.
    ///
    /// - Parameter complaint: what it says of the options beyond their kinds.
    func accepts(
        _ options: [String: OptionValue], at mark: Mark?, _ issues: IssueList, complaint: () -> String?
    ) -> Bool {
        for name in required where options[name] == nil {
            let example = self.options.first { $0.name == name }?.example ?? ""
            issues.add("`\(id)` has no `\(name)`", hint: "Add `\(name): \(example)`.", at: mark)
            return false
        }
        guard let wrong = complaint() else { return true }
        issues.add("`\(id)`: \(wrong)", hint: summary, at: mark)
        return false
    }
}

extension Fields {
    /// The options of a thing that are given.
    func options(_ infos: [OptionInfo]) -> [String: OptionValue] {
        var options: [String: OptionValue] = [:]
        for option in infos {
            switch option.kind {
            case .text: options[option.name] = text(option.name).map(OptionValue.text)
            case .number: options[option.name] = number(option.name).map(OptionValue.number)
            case .flag: options[option.name] = flag(option.name).map(OptionValue.flag)
            case .list: options[option.name] = words(option.name).map(OptionValue.list)
            case .duration: options[option.name] = seconds(option.name).map(OptionValue.number)
            }
        }
        return options
    }
}
