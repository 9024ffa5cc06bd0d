import PitModel
import Yams

/// Collects what is wrong while a file is read, so that all of it is told at once.
final class IssueList {
    let file: String
    private(set) var issues: [ConfigIssue] = []
    init(file: String) { self.file = file }

    func add(_ what: String, hint: String, at mark: Mark?, isWarning: Bool = false) {
        guard issues.count < 200 else { return }
        issues.append(
            ConfigIssue(
                file: file, line: mark?.line ?? 0, column: mark?.column ?? 0, what: what, hint: hint,
                isWarning: isWarning))
    }
}

/// A mapping of the file, read field by field. What was asked for is known; the rest is reported by `finish`.
final class Fields {
    let mark: Mark?
    let what: String
    let issues: IssueList
    private var values: [String: (key: Node, value: Node)] = [:]
    private var known: [String] = []

    /// Nil, and an issue, when `node` is not a mapping.
    init?(_ node: Node, what: String, issues: IssueList) {
        guard case .mapping(let mapping) = node else {
            issues.add(
                "\(what) is \(Fields.kind(of: node)), not a mapping", hint: "Write it as `key: value` lines.",
                at: node.mark)
            return nil
        }
        (mark, self.what, self.issues) = (node.mark, what, issues)
        for (key, value) in mapping {
            guard let name = key.string else {
                issues.add("a key of \(what) is not a word", hint: "Write keys as plain words.", at: key.mark)
                continue
            }
            values[name] = (key, value)
        }
    }

    static func kind(of node: Node) -> String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        default: node.null != nil ? "empty" : "`\(String((node.string ?? "").prefix(40)))`"
        }
    }

    func node(_ name: String) -> Node? {
        known.append(name)
        guard let value = values[name]?.value,
            value.null == nil || value.string?.isEmpty == false && value.string != "~" && value.string != "null"
        else {
            return nil
        }
        return value
    }

    func mark(of name: String) -> Mark? { values[name]?.value.mark ?? values[name]?.key.mark ?? mark }
    func has(_ name: String) -> Bool { values[name] != nil }

    func text(_ name: String) -> String? {
        guard let node = node(name) else { return nil }
        guard case .scalar(let scalar) = node else {
            wrong(name, node, wanted: "a word")
            return nil
        }
        return scalar.string
    }

    func required(_ name: String, example: String) -> String? {
        if let text = text(name), !text.isEmpty { return text }
        if node(name) == nil {
            issues.add("\(what) has no `\(name)`", hint: "Add `\(name): \(example)`.", at: mark)
        }
        return nil
    }

    func flag(_ name: String) -> Bool? {
        guard let node = node(name) else { return nil }
        if let value = node.bool { return value }
        wrong(name, node, wanted: "true or false")
        return nil
    }

    func seconds(_ name: String, atLeast least: Double = 0) -> Double? {
        measured(name, wanted: "a time such as 15s, 500ms or 1h30m") { text in
            Units.seconds(text).flatMap { $0 >= least ? $0 : nil }
        }
    }

    func bytes(_ name: String) -> Int? { measured(name, wanted: "a size such as 64MiB or 1GB", Units.bytes) }
    func ratio(_ name: String) -> Double? { measured(name, wanted: "a share such as 1% or 0.01", Units.ratio) }
    func number(_ name: String) -> Double? { measured(name, wanted: "a number") { Double($0) } }

    func whole(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        guard let number = number(name) else { return nil }
        if let whole = Int(exactly: number), range.contains(whole) { return whole }
        issues.add(
            "`\(name)` is \(number)", hint: "It wants a whole number from \(range.lowerBound) to \(range.upperBound).",
            at: mark(of: name))
        return nil
    }

    func choice<C: RawRepresentable & CaseIterable>(_ name: String, _: C.Type) -> C? where C.RawValue == String {
        guard let text = text(name) else { return nil }
        if let value = C(rawValue: text) { return value }
        let all = C.allCases.map(\.rawValue)
        let near = Nearest.word(to: text, among: all).map { "Did you mean `\($0)`? " } ?? ""
        issues.add(
            "`\(name)` is `\(text)`", hint: "\(near)It can be: \(all.joined(separator: ", ")).", at: mark(of: name))
        return nil
    }

    /// A list of words; one word alone is a list of one.
    func words(_ name: String) -> [String]? {
        guard let node = node(name) else { return nil }
        if case .scalar(let scalar) = node { return [scalar.string] }
        guard case .sequence(let sequence) = node else {
            wrong(name, node, wanted: "a list of words")
            return nil
        }
        return sequence.compactMap { item in
            if case .scalar(let scalar) = item { return scalar.string }
            wrong(name, item, wanted: "a list of words")
            return nil
        }
    }

    func list(_ name: String) -> [Node] {
        guard let node = node(name) else { return [] }
        if case .sequence(let sequence) = node { return Array(sequence) }
        wrong(name, node, wanted: "a list (lines that start with `- `)")
        return []
    }

    func fields(_ name: String) -> Fields? {
        node(name).flatMap { Fields($0, what: "`\(name)`", issues: issues) }
    }

    var names: [String] { Array(values.keys) }

    /// Reports the keys that nothing asked for.
    func finish() {
        for (name, entry) in values where !known.contains(name) {
            let near = Nearest.word(to: name, among: known).map { "Did you mean `\($0)`? " } ?? ""
            issues.add(
                "`\(name)` is not known in \(what)", hint: "\(near)Known: \(known.sorted().joined(separator: ", ")).",
                at: entry.key.mark)
        }
    }

    func wrong(_ name: String, _ node: Node, wanted: String) {
        issues.add(
            "`\(name)` is \(Fields.kind(of: node))", hint: "It wants \(wanted).", at: node.mark ?? mark(of: name))
    }

    private func measured<V>(_ name: String, wanted: String, _ read: (String) -> V?) -> V? {
        guard let node = node(name) else { return nil }
        if case .scalar(let scalar) = node, let value = read(scalar.string) { return value }
        wrong(name, node, wanted: wanted)
        return nil
    }
}
