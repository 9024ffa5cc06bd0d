/// The name a person gave a connection in the configuration: its identity.
public struct ConnectionName: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
    public init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
    public static func < (a: Self, b: Self) -> Bool { a.description < b.description }
}

/// The name a person gave a served model in the configuration: its identity.
public struct ModelName: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
    public init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
    public static func < (a: Self, b: Self) -> Bool { a.description < b.description }
}
