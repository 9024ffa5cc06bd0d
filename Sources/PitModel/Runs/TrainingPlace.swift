/// Where a training runs that does not run on this machine.
public struct TrainingPlace: Equatable, Codable, Sendable {
    public enum Work: Equatable, Codable, Sendable {
        /// An object of a cluster that runs to its end: a Job, a TrainJob.
        case object(ManifestValue)
        /// A job of a build server; the template's parameters are its own.
        case build(String)
        /// A pipeline; the template's parameters are its own.
        case pipeline(String)
    }

    public var connection: ConnectionName
    public var namespace: String?
    public var work: Work

    public init(connection: ConnectionName, namespace: String? = nil, work: Work) {
        (self.connection, self.namespace, self.work) = (connection, namespace, work)
    }

    /// Kinds of objects that run to an end and say so.
    public static let kinds = ["Job", "TrainJob"]

    /// `Job on prod, in ml`.
    public var words: String {
        let what =
            switch work {
            case .object(let manifest): manifest["kind"]?.text ?? "Job"
            case .build(let job): "build of \(job)"
            case .pipeline(let name): "pipeline \(name)"
            }
        return "\(what) on \(connection)" + (namespace.map { ", in \($0)" } ?? "")
    }
}

/// What an hour of one GPU costs.
public struct GPUPrice: Equatable, Codable, Sendable {
    public var perHour: Double
    /// `EUR`; empty where it was not said.
    public var currency: String
    public init(perHour: Double, currency: String = "") { (self.perHour, self.currency) = (perHour, currency) }

    /// `2.80`, `2.80 EUR`, `EUR 2.80`.
    public init?(_ text: String) {
        let words = text.split(separator: " ")
        guard (1...2).contains(words.count) else { return nil }
        let numbers = words.compactMap { Double($0) }
        let units = words.filter { Double($0) == nil }
        guard numbers.count == 1, numbers[0].isFinite, numbers[0] >= 0,
            units.allSatisfy({ $0.utf8.count <= 8 && $0.allSatisfy { $0.isLetter || $0.isCurrencySymbol } })
        else { return nil }
        self.init(perHour: numbers[0], currency: units.first.map(String.init) ?? "")
    }
}
