import PitModel

/// What the next start shows before the network has answered, as bytes that are read in a millisecond or two: the first
/// frame waits for them.
struct LatestFact {
    struct Model {
        var name: ModelName
        var fact: ModelFact
        var signals: [Signal: Measure]
        /// As they are drawn: single precision is enough.
        var trends: [Signal: [Double?]]
        var seenAt: Timestamp?
    }

    /// What is known of a connection that has not answered yet.
    struct Connection {
        var name: ConnectionName
        var identity: Identity?
        var fault: ConnectorFault?
    }

    var at: Timestamp
    var models: [Model]
    var connections: [Connection]

    /// The first byte. What an older or newer pitwall has left begins with another, and is not read.
    private static let layout: UInt8 = 2

    var bytes: [UInt8] {
        var out = LatestWriter(reserving: 64 + models.count * 1600 + connections.count * 64)
        // A newer pitwall may know other signals, in another order: they are named once.
        out.put(each: Signal.allCases) { $0.put($1.rawValue) }
        out.put(Int(at.milliseconds))
        out.put(each: models) { $0.put($1) }
        out.put(each: connections) { out, connection in
            out.put(connection.name.description)
            out.put(connection.identity) { out, identity in
                out.put(identity.product)
                out.put(identity.version) { $0.put($1) }
                out.put(identity.detail) { $0.put($1) }
            }
            out.put(fault: connection.fault)
        }
        return [Self.layout] + out.bytes
    }

    /// Nil when the bytes are damaged or another version's.
    init?(_ bytes: [UInt8]) {
        guard bytes.first == Self.layout else { return nil }
        var reader = LatestReader(Array(bytes.dropFirst()))
        do throws(LatestReader.Damage) {
            let signals = try reader.list { (each) throws(LatestReader.Damage) in Signal(rawValue: try each.text()) }
            at = Timestamp(milliseconds: Int64(try reader.number()))
            models = try reader.list { (each) throws(LatestReader.Damage) in try each.model(signals) }
            connections = try reader.list { (each) throws(LatestReader.Damage) in try each.connection() }
        } catch {
            return nil
        }
    }

    init(at: Timestamp, models: [Model], connections: [Connection]) {
        (self.at, self.models, self.connections) = (at, models, connections)
    }
}

extension Signal {
    /// Its place among all of this version's.
    fileprivate static let places = Dictionary(uniqueKeysWithValues: zip(allCases, allCases.indices))
    fileprivate var place: Int { Self.places[self] ?? 0 }
}

extension LatestWriter {
    fileprivate mutating func put(_ model: LatestFact.Model) {
        put(model.name.description)
        put(model.fact.health.rawValue)
        put(model.fact.why)
        put(model.fact.replicasUp)
        put(model.fact.replicasKnown)
        put(model.fact.release) { $0.put($1) }
        put(each: model.fact.replicas) { out, replica in
            out.put(replica.id)
            out.put(replica.connection.description)
            out.put(replica.isUp)
            out.put(fault: replica.fault)
        }
        put(each: model.signals) { out, signal in
            out.put(signal.key.place)
            out.put(signal.value.value)
            out.put(signal.value.isAtLeast)
        }
        put(each: model.trends) { out, trend in
            out.put(trend.key.place)
            out.put(each: trend.value) { $0.put($1.map(Float.init) ?? .nan) }
        }
        put(model.seenAt) { $0.put(Int($1.milliseconds)) }
    }

    /// Faults have many forms and are rare.
    fileprivate mutating func put(fault: ConnectorFault?) { put(fault) { $0.put(FactCodec.encode($1)) } }
}

extension LatestReader {
    fileprivate mutating func model(_ signals: [Signal?]) throws(Damage) -> LatestFact.Model {
        let name = ModelName(try text())
        let health = Health(rawValue: try number()) ?? .unknown
        let why = try text()
        let (up, known) = (try number(), try number())
        let release = try maybe { (each) throws(Damage) in try each.text() }
        let replicas = try list { (each) throws(Damage) in
            ReplicaFact(
                id: try each.text(), connection: ConnectionName(try each.text()), isUp: try each.flag(),
                fault: try each.fault())
        }
        let measures = try list { (each) throws(Damage) in
            (try each.signal(signals), Measure(try each.double(), isAtLeast: try each.flag()))
        }
        let trends = try list { (each) throws(Damage) in
            (
                try each.signal(signals),
                try each.list { (each) throws(Damage) in
                    let value = try each.float()
                    return value.isNaN ? nil : Double(value)
                }
            )
        }
        let seenAt = try maybe { (each) throws(Damage) in Timestamp(milliseconds: Int64(try each.number())) }
        return LatestFact.Model(
            name: name,
            fact: ModelFact(
                health: health, why: why, replicasUp: up, replicasKnown: known, replicas: replicas, release: release),
            signals: Self.named(measures), trends: Self.named(trends), seenAt: seenAt)
    }

    fileprivate mutating func connection() throws(Damage) -> LatestFact.Connection {
        LatestFact.Connection(
            name: ConnectionName(try text()),
            identity: try maybe { (each) throws(Damage) in
                Identity(
                    product: try each.text(), version: try each.maybe { (each) throws(Damage) in try each.text() },
                    detail: try each.maybe { (each) throws(Damage) in try each.text() })
            }, fault: try fault())
    }

    private mutating func fault() throws(Damage) -> ConnectorFault? {
        try maybe { (each) throws(Damage) in try each.body() }.flatMap { FactCodec.decode(ConnectorFault.self, $0) }
    }

    private mutating func signal(_ signals: [Signal?]) throws(Damage) -> Signal? {
        let place = try number()
        guard signals.indices.contains(place) else { throw Damage() }
        return signals[place]
    }

    /// Those of signals that this version knows.
    private static func named<V>(_ all: [(Signal?, V)]) -> [Signal: V] {
        var named: [Signal: V] = [:]
        named.reserveCapacity(all.count)
        for (signal, value) in all { if let signal { named[signal] = value } }
        return named
    }
}
