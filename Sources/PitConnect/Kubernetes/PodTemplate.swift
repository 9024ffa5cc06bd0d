import PitModel
import PitParse

/// The template of a workload's pods: what a revision consists of.
struct PodTemplate {
    static let hashLabel = "pod-template-hash"
    /// As it may be sent: without what controllers add of their own.
    let json: JSONValue

    /// `hashes` are labels that a controller adds.
    init(_ json: JSONValue, hashes: [String] = [hashLabel, "rollouts-pod-template-hash"]) {
        var json = json.without("$patch")
        if let meta = json["metadata"], let labels = meta["labels"] {
            var kept = labels
            for hash in hashes { kept = kept.without(hash) }
            let isBare = kept.members?.isEmpty ?? true
            json = json.with("metadata", isBare ? meta.without("labels") : meta.with("labels", kept))
        }
        // The server writes it as null, an older object not at all: both mean nothing.
        if let meta = json["metadata"], meta["creationTimestamp"]?.isNull == true {
            json = json.with("metadata", meta.without("creationTimestamp"))
        }
        self.json = json
    }

    var containers: [JSONValue] { json["spec"]?["containers"]?.list ?? [] }

    /// Images, and the model that the arguments or the environment name.
    var artifacts: [Artifact] {
        var all: [Artifact] = []
        let isOne = containers.count == 1
        for container in containers.prefix(20) {
            let name = isOne ? "" : container["name"]?.text ?? ""
            if let image = container["image"]?.text {
                let parts = image.split(separator: "@", maxSplits: 1)
                all.append(
                    Artifact(
                        .image, name: name, value: image.prefix(bytes: 300),
                        digest: parts.count == 2 ? String(parts[1].prefix(100)) : nil))
            }
            if let model = Self.model(of: container) {
                all.append(Artifact(.model, name: name, value: model.prefix(bytes: 300)))
            }
        }
        return all
    }

    private static func model(of container: JSONValue) -> String? {
        let words = (container["command"]?.list ?? []) + (container["args"]?.list ?? [])
        let texts = words.compactMap(\.text)
        for (index, word) in texts.enumerated() {
            for flag in ["--model", "--model-id", "--model-path", "--model_name_or_path"] {
                if word == flag, index + 1 < texts.count { return texts[index + 1] }
                if word.hasPrefix(flag + "=") { return String(word.dropFirst(flag.count + 1)) }
            }
            if word == "serve", index + 1 < texts.count, !texts[index + 1].hasPrefix("-") { return texts[index + 1] }
        }
        for variable in container["env"]?.list ?? [] {
            if let name = variable["name"]?.text, ["MODEL", "MODEL_ID", "MODEL_NAME", "MODEL_PATH"].contains(name) {
                return variable["value"]?.text
            }
        }
        return nil
    }

    /// GPUs that one pod asks for, by the resource's name: `nvidia.com/gpu`.
    var accelerators: [String: Int] { Self.accelerators(of: json["spec"] ?? .null) }

    static func accelerators(of spec: JSONValue) -> [String: Int] {
        var all: [String: Int] = [:]
        for container in spec["containers"]?.list ?? [] {
            let wanted = container["resources"]?["requests"] ?? container["resources"]?["limits"]
            for member in wanted?.members ?? [] where isAccelerator(member.key) {
                all[member.key, default: 0] += member.value.whole ?? 0
            }
        }
        return all
    }

    static func isAccelerator(_ resource: String) -> Bool {
        resource.contains("/") && (resource.contains("gpu") || resource.contains("mig-") || resource.contains("neuron"))
    }
}

/// What differs between two templates, a line a leaf, with what looks secret starred out.
enum TemplateDiff {
    private static let most = 400

    static func changes(from before: JSONValue?, to after: JSONValue?) -> [SpecChange] {
        let old = before.map(leaves) ?? []
        let new = after.map(leaves) ?? []
        let oldValues = Dictionary(old, uniquingKeysWith: { first, _ in first })
        let newValues = Dictionary(new, uniquingKeysWith: { first, _ in first })
        var changes: [SpecChange] = []
        for (path, value) in old where newValues[path] != value {
            changes.append(change(path, value, newValues[path]))
        }
        for (path, value) in new where oldValues[path] == nil { changes.append(change(path, nil, value)) }
        return Array(changes.prefix(1000))
    }

    /// The value with what looks secret starred out, for people to read.
    static func starred(_ value: JSONValue) -> JSONValue { starred(value, isSecret: false) }

    private static func change(_ path: String, _ before: Leaf?, _ after: Leaf?) -> SpecChange {
        SpecChange(path, before: before?.shown, after: after?.shown)
    }

    private struct Leaf: Equatable {
        var json: String
        var isSecret: Bool
        var shown: String { isSecret ? "***" : json.prefix(bytes: TemplateDiff.most) }
    }

    private static func leaves(_ value: JSONValue) -> [(String, Leaf)] {
        var all: [(String, Leaf)] = []
        collect(value, "", isSecret: false, &all)
        return all
    }

    private static func collect(_ value: JSONValue, _ path: String, isSecret: Bool, _ all: inout [(String, Leaf)]) {
        guard all.count < 20_000 else { return }
        switch value {
        case .object(let members) where !members.isEmpty:
            let hides = isSecret || members.contains { $0.key == "name" && looksSecret($0.value.text ?? "") }
            for member in members {
                let isKey = member.key == "name"
                collect(
                    member.value, path.isEmpty ? member.key : "\(path).\(member.key)",
                    isSecret: !isKey && member.key != "valueFrom" && (hides || looksSecret(member.key)), &all)
            }
        case .list(let values) where !values.isEmpty:
            for (index, each) in values.enumerated() {
                let name = each["name"]?.text ?? "\(index)"
                let follows = index > 0 && isSecretFlag(values[index - 1].text)
                collect(each, "\(path)[\(name)]", isSecret: isSecret || follows, &all)
            }
        default: all.append((path, Leaf(json: isSecret ? value.json : starredText(value).json, isSecret: isSecret)))
        }
    }

    private static func starred(_ value: JSONValue, isSecret: Bool) -> JSONValue {
        switch value {
        case .object(let members):
            let hides = isSecret || members.contains { $0.key == "name" && looksSecret($0.value.text ?? "") }
            return .object(
                members.map { member in
                    let isPlain = member.key == "name" || member.key == "valueFrom"
                    let isHidden = !isPlain && (hides || looksSecret(member.key))
                    return (key: member.key, value: starred(member.value, isSecret: isHidden))
                })
        case .list(let values):
            return .list(
                values.enumerated().map { index, each in
                    starred(each, isSecret: isSecret || (index > 0 && isSecretFlag(values[index - 1].text)))
                })
        case .text: return isSecret ? .text("***") : starredText(value)
        default: return value
        }
    }

    /// `--api-key=abc` becomes `--api-key=***`.
    private static func starredText(_ value: JSONValue) -> JSONValue {
        guard case .text(let text) = value, let sign = text.firstIndex(of: "="), looksSecret(String(text[..<sign]))
        else { return value }
        return .text(text[...sign] + "***")
    }

    private static func isSecretFlag(_ text: String?) -> Bool {
        guard let text, text.hasPrefix("-"), !text.contains("=") else { return false }
        return looksSecret(text)
    }

    private static func looksSecret(_ name: String) -> Bool {
        guard name.utf8.count <= 100 else { return false }
        let low = name.lowercased()
        if low.contains("secretname") || low.contains("keyref") || low.contains("tokenizer") || low.contains("max") {
            return false
        }
        return ["password", "passwd", "secret", "token", "apikey", "api_key", "api-key", "credential", "private_key"]
            .contains { low.contains($0) }
    }
}
