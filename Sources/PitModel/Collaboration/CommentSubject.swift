/// What a comment is about, besides alerts: written as `model/support-chat`, `run/support-3`, `queue/refusals`,
/// `label/ITEM`. The comment itself is an act of kind `note`, in the audit trail as all acts are.
public enum CommentSubject: Hashable, Sendable, CustomStringConvertible {
    case model(ModelName)
    case run(String)
    case queue(String)
    case label(String)

    public init?(_ words: String) {
        guard let mark = words.firstIndex(of: "/") else { return nil }
        let name = String(words[words.index(after: mark)...])
        guard !name.isEmpty else { return nil }
        switch words[..<mark] {
        case "model": self = .model(ModelName(name))
        case "run": self = .run(name)
        case "queue": self = .queue(name)
        case "label": self = .label(name)
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .model(let name): "model/\(name)"
        case .run(let id): "run/\(id)"
        case .queue(let name): "queue/\(name)"
        case .label(let item): "label/\(item)"
        }
    }

    public var model: ModelName? { if case .model(let name) = self { name } else { nil } }
}
