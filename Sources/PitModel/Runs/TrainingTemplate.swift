/// A program that trains, and what can be chosen of it.
public struct TrainingTemplate: Equatable, Codable, Sendable {
    public struct Parameter: Equatable, Codable, Sendable {
        public enum Kind: String, Codable, CaseIterable, Sendable { case number, whole, text, flag }
        public var name: String
        public var kind: Kind
        public var standard: String?
        /// What it may be; empty: anything of its kind.
        public var choices: [String]
        public var least: Double?
        public var most: Double?
        public init(
            _ name: String, _ kind: Kind = .text, standard: String? = nil, choices: [String] = [],
            least: Double? = nil, most: Double? = nil
        ) {
            (self.name, self.kind, self.standard, self.choices) = (name, kind, standard, choices)
            (self.least, self.most) = (least, most)
        }

        /// What is wrong with a value; nil when nothing is.
        public func refusal(of value: String) -> String? {
            if value.utf8.count > 4000 { return "`\(name)` is longer than 4000 bytes" }
            if value.utf8.contains(0) { return "`\(name)` holds a zero byte" }
            if !choices.isEmpty, !choices.contains(value) {
                return "`\(name)` is one of \(choices.joined(separator: ", "))"
            }
            switch kind {
            case .text: return nil
            case .flag: return value == "true" || value == "false" ? nil : "`\(name)` is true or false"
            case .number, .whole:
                guard let number = Double(value), number.isFinite else { return "`\(name)` is a number" }
                if kind == .whole, Int(value) == nil { return "`\(name)` is a whole number" }
                if let least, number < least { return "`\(name)` is at least \(least)" }
                if let most, number > most { return "`\(name)` is at most \(most)" }
                return nil
            }
        }
    }

    public var name: String
    /// The program and its words; `{name}` stands for a parameter's value.
    public var command: [String]
    public var directory: String?
    public var parameters: [Parameter]
    /// Added to the environment; no secrets.
    public var environment: [String: String]
    /// Seconds after which it is stopped.
    public var timeout: Double
    /// Bytes of output that are kept.
    public var maxLog: Int
    /// The tracking server that it logs to.
    public var connection: ConnectionName?
    public var experiment: String
    /// The dataset that it reads, for the lineage.
    public var dataset: String?
    /// The model that it is for: under its charts it is told.
    public var model: ModelName?
    /// Where it runs; nil: here.
    public var place: TrainingPlace?
    /// GPUs that it takes, where nobody else tells.
    public var gpus: Double?
    public var price: GPUPrice?

    public init(
        name: String, command: [String] = [], directory: String? = nil, parameters: [Parameter] = [],
        environment: [String: String] = [:], timeout: Double = 86400, maxLog: Int = 8 << 20,
        connection: ConnectionName? = nil, experiment: String? = nil, dataset: String? = nil,
        place: TrainingPlace? = nil
    ) {
        (self.name, self.command, self.directory, self.parameters) = (name, command, directory, parameters)
        (self.environment, self.timeout, self.maxLog) = (environment, timeout, maxLog)
        (self.connection, self.experiment, self.dataset) = (connection, experiment ?? name, dataset)
        self.place = place
    }

    /// What is started: the program, or what runs elsewhere.
    public var words: String { place?.words ?? command.joined(separator: " ") }

    public struct Refusal: Error, Equatable, Sendable {
        public var words: String
        public init(_ words: String) { self.words = words }
    }

    /// All parameters' values: those given, and the standard ones.
    public func values(_ given: [String: String]) throws(Refusal) -> [String: String] {
        for name in given.keys.sorted() where !parameters.contains(where: { $0.name == name }) {
            let known = parameters.map(\.name).joined(separator: ", ")
            throw Refusal("`\(self.name)` has no parameter `\(name)`; it has: \(known.isEmpty ? "none" : known)")
        }
        var values: [String: String] = [:]
        for parameter in parameters {
            guard let value = given[parameter.name] ?? parameter.standard else {
                throw Refusal("`\(parameter.name)` has no value: give one with --set \(parameter.name)=VALUE")
            }
            if let words = parameter.refusal(of: value) { throw Refusal(words) }
            values[parameter.name] = value
        }
        return values
    }

    /// The program's words with the values in them: each word stays one, whatever stands in a value.
    public func words(_ values: [String: String]) -> [String] { command.map { Self.filled($0, values) } }

    /// A text with values in the place of `{name}`; what stands in a value is not looked at again.
    public static func filled(_ text: String, _ values: [String: String]) -> String {
        var (result, rest) = ("", text[...])
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            guard let close = rest[open...].firstIndex(of: "}"),
                let value = values[String(rest[rest.index(after: open)..<close])]
            else {
                result += "{"
                rest = rest[rest.index(after: open)...]
                continue
            }
            result += value
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
