import FoundationEssentials
import PitModel

/// Values to bytes and back, for facts: JSON with sorted keys, so that what is the same is the same bytes.
enum FactCodec {
    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        return (try? encoder.encode(value)).map { [UInt8]($0) } ?? []
    }

    static func decode<T: Decodable>(_: T.Type, _ bytes: [UInt8]) -> T? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        return try? decoder.decode(T.self, from: Data(bytes))
    }
}

/// What is kept of a model for the past: its signals are kept elsewhere.
struct ModelFact: Codable, Equatable {
    var health: Health
    var why: String
    var replicasUp: Int
    var replicasKnown: Int
    var replicas: [ReplicaFact]
    var release: String?
}

extension ModelFact {
    init(_ state: ModelState) {
        (health, why) = (state.health, state.why)
        (replicasUp, replicasKnown) = (state.replicasUp, state.replicasKnown)
        replicas = state.replicas.map {
            ReplicaFact(id: $0.id, connection: $0.connection, isUp: $0.isUp, fault: $0.fault)
        }
        release = state.release
    }
}

struct ReplicaFact: Codable, Equatable {
    var id: String
    var connection: ConnectionName
    var isUp: Bool
    var fault: ConnectorFault?
}

/// What is kept of a connection for the past.
struct ConnectionFact: Codable, Equatable {
    var kind: String
    var url: String
    var capabilities: [String]
    var status: ConnectionState.Status
    var identity: Identity?
    var fault: ConnectorFault?
    var interval: Double

    init(_ state: ConnectionState) {
        (kind, url, capabilities, status) = (state.kind, state.url, state.capabilities, state.status)
        (identity, fault, interval) = (state.identity, state.fault, state.interval)
    }
}
