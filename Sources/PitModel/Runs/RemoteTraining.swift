/// What another system is asked to train.
public struct RemoteOrder: Equatable, Codable, Sendable {
    public var training: String
    public var template: String
    public var author: String
    public var at: Timestamp
    /// With the values in it.
    public var place: TrainingPlace
    public var parameters: [String: String]
    /// How it finds its tracking server; no secrets.
    public var environment: [String: String]
    /// Seconds that it may run.
    public var timeout: Double
    /// GPUs that the template declares, for systems that tell of none.
    public var gpus: Double?
    public init(
        training: String, template: String, author: String, at: Timestamp, place: TrainingPlace,
        parameters: [String: String] = [:], environment: [String: String] = [:], timeout: Double = 86400
    ) {
        (self.training, self.template, self.author, self.at) = (training, template, author, at)
        (self.place, self.parameters, self.environment, self.timeout) = (place, parameters, environment, timeout)
    }
}

/// What it is called there: on the disk before anything is sent, so that it is found again after a crash.
public struct RemoteReference: Equatable, Codable, Sendable, CustomStringConvertible {
    public var connection: ConnectionName
    public var kind: String
    public var namespace: String?
    public var name: String
    /// What the system itself tells it from others by, once it has said so.
    public var id: String?
    /// The version of the interface that it was started by, where there are several.
    public var version: String?
    /// Where the system stood right before it was sent, for a search; only the system can read it.
    public var standing: String?
    public init(
        connection: ConnectionName, kind: String, namespace: String? = nil, name: String, id: String? = nil
    ) {
        (self.connection, self.kind, self.namespace, self.name) = (connection, kind, namespace, name)
        self.id = id
    }

    /// `prod Job ml/pitwall-lora-1-x7k2q9`.
    public var description: String { "\(connection) \(kind) \(namespace.map { "\($0)/" } ?? "")\(name)" }
}

/// What is seen of it.
public struct RemoteSight: Equatable, Codable, Sendable {
    public enum Phase: String, Codable, Sendable {
        case waiting, running, finished, failed, stopped, timedOut
        /// Nothing of that name is there.
        case gone
        public var isOpen: Bool { self == .waiting || self == .running }
    }
    public var phase: Phase
    /// Why it waits, or failed.
    public var words: String
    /// The exit status, or what stands for it.
    public var status: Int32?
    public var endedAt: Timestamp?
    /// Nil: what it holds cannot be told.
    public var shares: [TrainingUsage.Share]?
    /// What the system tells it by from now on, where that is another than it was.
    public var became: String?
    public init(
        _ phase: Phase, words: String = "", status: Int32? = nil, endedAt: Timestamp? = nil,
        shares: [TrainingUsage.Share]? = nil
    ) {
        (self.phase, self.words, self.status, self.endedAt, self.shares) = (phase, words, status, endedAt, shares)
    }
}

/// What a search for a training came to whose start was not answered.
public enum RemoteFinding: Equatable, Sendable {
    case found(RemoteSight)
    /// It is not there, and it would be.
    case absent(String)
    /// It cannot be told: what a person is to look at.
    case uncertain(String)
    /// It was there, and is no more.
    case gone(String)
}

/// A part of what it has written.
public struct RemoteLog: Equatable, Sendable {
    public struct Line: Equatable, Sendable {
        public var at: Timestamp?
        public var bytes: [UInt8]
        /// False where the rest of it comes with the next part.
        public var isWhole = true
        public init(at: Timestamp? = nil, _ bytes: [UInt8]) { (self.at, self.bytes) = (at, bytes) }
    }
    public var lines: [Line]
    /// From where to go on; only who wrote it can read it.
    public var place: String?
    /// Whether more can be had at once.
    public var hasMore: Bool
    public init(_ lines: [Line] = [], place: String? = nil, hasMore: Bool = false) {
        (self.lines, self.place, self.hasMore) = (lines, place, hasMore)
    }
}

/// A system that trainings run on. What else it is does not matter here: a connector, or what speaks to one.
public protocol RemoteTraining: Sendable {
    /// Whether starting it again under the same reference starts nothing more.
    var isRepeatable: Bool { get }
    /// What it will be called. `mark` is of letters and digits, and nobody else's.
    func reference(of order: RemoteOrder, mark: String) throws(ConnectorFault) -> RemoteReference
    /// What is to be known of the system before it is sent, for a search later; nothing is changed by it.
    func prepared(
        _ reference: RemoteReference, for order: RemoteOrder
    ) async throws(ConnectorFault) -> RemoteReference
    /// Looks for one whose start was not answered.
    func find(_ order: RemoteOrder, as reference: RemoteReference) async throws(ConnectorFault) -> RemoteFinding
    /// Starts it. What an earlier try under the same reference has started is found, and not started again.
    func start(_ order: RemoteOrder, as reference: RemoteReference) async throws(ConnectorFault) -> RemoteReference
    func look(at reference: RemoteReference) async throws(ConnectorFault) -> RemoteSight
    /// What it wrote after `place`, bounded.
    func log(of reference: RemoteReference, after place: String?) async throws(ConnectorFault) -> RemoteLog
    /// Asks for its end; that it ended is seen by looking.
    func stop(_ reference: RemoteReference) async throws(ConnectorFault)
}

extension RemoteTraining {
    public func prepared(
        _ reference: RemoteReference, for order: RemoteOrder
    ) async throws(ConnectorFault) -> RemoteReference { reference }
}

extension ConnectorFault {
    /// Whether a request that ended so may have been taken all the same.
    public var mayHaveBeenDone: Bool {
        switch self {
        case .timedOut, .unreachable, .malformed, .tooLarge, .server, .cancelled, .notWhatItSays: true
        case .refused, .dns, .tls, .unauthorized, .forbidden, .notFound, .rateLimited, .status, .rejected, .secret,
            .file:
            false
        }
    }
}
