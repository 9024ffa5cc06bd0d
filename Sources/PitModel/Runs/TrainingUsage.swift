/// Which GPUs a training had, and for how long.
public struct TrainingUsage: Equatable, Codable, Sendable {
    /// What one of its pods or processes held.
    public struct Share: Equatable, Codable, Sendable {
        public var id: String
        public var name: String
        public var gpus: Double
        public var from: Timestamp
        /// Nil: it holds them still.
        public var to: Timestamp?
        public init(id: String, name: String, gpus: Double, from: Timestamp, to: Timestamp? = nil) {
            (self.id, self.name, self.gpus, self.from, self.to) = (id, name, gpus, from, to)
        }
    }

    /// What was in use of one GPU's memory, by anybody, in bytes.
    public struct Memory: Equatable, Codable, Sendable {
        public var used: Double
        public var total: Double
        public init(used: Double, total: Double) { (self.used, self.total) = (used, total) }
        public var ratio: Double { total > 0 ? used / total : 0 }
    }

    public private(set) var shares: [Share]
    /// How busy they were on average, 0 to 1; nil where nobody measured it.
    public var utilisation: Double?
    /// Of the GPU that was the fullest while it was held.
    public var memory: Memory?
    /// Joules that the GPUs took meanwhile.
    public var energy: Double?
    /// When they were last looked at, where somebody looks at them.
    public var seenAt: Timestamp?
    private static let most = 1000

    public init(_ shares: [Share] = [], utilisation: Double? = nil) {
        (self.shares, self.utilisation) = (shares, utilisation)
    }

    /// Takes what holds some now. What is not among it any more has given them back when it was last seen.
    public mutating func take(_ seen: [Share], lastSeen: Timestamp?) {
        let ids = Set(seen.map(\.id))
        for index in shares.indices where shares[index].to == nil && !ids.contains(shares[index].id) {
            shares[index].to = max(shares[index].from, lastSeen ?? shares[index].from)
        }
        for share in seen {
            if let index = shares.firstIndex(where: { $0.id == share.id }) {
                shares[index] = share
            } else if shares.count < Self.most {
                shares.append(share)
            }
        }
    }

    /// It is over: nothing is held any more.
    public mutating func close(at end: Timestamp) {
        for index in shares.indices where shares[index].to == nil { shares[index].to = max(shares[index].from, end) }
    }

    /// GPUs times hours until `now`.
    public func hours(at now: Timestamp) -> Double {
        shares.reduce(0) { $0 + $1.gpus * max(0, ($1.to ?? now).since($1.from)) } / 3600
    }

    /// The most that it held at one time.
    public var gpus: Double {
        shares.map { one in
            shares.filter { $0.from == one.from || $0.from < one.from && $0.to.map { $0 > one.from } ?? true }
                .reduce(0) { $0 + $1.gpus }
        }.max() ?? 0
    }
}

/// What a run took, as it is shown. What is not known is nil.
public struct RunUsage: Equatable, Sendable {
    public var gpus: Double?
    public var gpuHours: Double?
    /// 0 to 1.
    public var utilisation: Double?
    public var cost: Double?
    public var currency: String
    /// The most that was in use of one GPU's memory.
    public var memory: TrainingUsage.Memory?
    /// Kilowatt hours that the GPUs took.
    public var energy: Double?
    public init(
        gpus: Double? = nil, gpuHours: Double? = nil, utilisation: Double? = nil, cost: Double? = nil,
        currency: String = "", memory: TrainingUsage.Memory? = nil, energy: Double? = nil
    ) {
        (self.gpus, self.gpuHours, self.utilisation, self.cost) = (gpus, gpuHours, utilisation, cost)
        (self.currency, self.memory, self.energy) = (currency, memory, energy)
    }
}
