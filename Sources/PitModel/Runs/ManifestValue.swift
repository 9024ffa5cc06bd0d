/// A manifest as it was written, with places for values. A value is put into the tree, never into its text: whatever stands
/// in it, it stays the one value of its place.
public indirect enum ManifestValue: Equatable, Codable, Sendable {
    public struct Member: Equatable, Codable, Sendable {
        public var key: String
        public var value: ManifestValue
        public init(_ key: String, _ value: ManifestValue) { (self.key, self.value) = (key, value) }
    }

    case null
    case flag(Bool)
    case number(Double)
    /// `{name}` in it stands for a parameter's value, as text.
    case text(String)
    case list([ManifestValue])
    case object([Member])
    /// A parameter's value as its kind says: a number stays one.
    case place(String)

    public subscript(_ key: String) -> ManifestValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }
    public var text: String? { if case .text(let value) = self { value } else { nil } }

    /// The tree with the values in it.
    public func filled(_ values: [String: String], _ parameters: [TrainingTemplate.Parameter]) -> ManifestValue {
        switch self {
        case .null, .flag, .number: self
        case .text(let text): .text(TrainingTemplate.filled(text, values))
        case .list(let items): .list(items.map { $0.filled(values, parameters) })
        case .object(let members): .object(members.map { .init($0.key, $0.value.filled(values, parameters)) })
        case .place(let name): Self.typed(values[name], parameters.first { $0.name == name }?.kind)
        }
    }

    private static func typed(_ value: String?, _ kind: TrainingTemplate.Parameter.Kind?) -> ManifestValue {
        guard let value else { return .null }
        switch kind {
        case .number, .whole: return Double(value).map(ManifestValue.number) ?? .text(value)
        case .flag: return .flag(value == "true")
        case .text, nil: return .text(value)
        }
    }

    /// All its texts, keys left out, and a text for each place.
    public var texts: [String] {
        switch self {
        case .null, .flag, .number: []
        case .text(let text): [text]
        case .list(let items): items.flatMap(\.texts)
        case .object(let members): members.flatMap(\.value.texts)
        case .place(let name): ["{\(name)}"]
        }
    }
}
