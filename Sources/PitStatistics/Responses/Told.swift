public import PitModel

// What the source itself tells of an exchange.

public enum LatencyDescriptor: ResponseDescriptor {
    public static let (key, title) = ("latency", "latency")
    public static let unit = SignalUnit.seconds
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.latency.map { .number($0) }
    }
}

public enum TimeToFirstToken: ResponseDescriptor {
    public static let (key, title) = ("time_to_first_token", "traced first token")
    public static let unit = SignalUnit.seconds
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.timeToFirstToken.map { .number($0) }
    }
}

public enum FinishReason: ResponseDescriptor {
    public static let (key, title) = ("finish_reason", "traced finish reason")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.finishReason.map { .text($0) }
    }
}

/// Whether the exchange failed, or nothing came back.
public enum FailureDescriptor: ResponseDescriptor {
    public static let (key, title) = ("failed", "failed")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        .text(text.exchange.fault != nil || text.exchange.response == nil ? "yes" : "no")
    }
}

/// The name that the source writes for the model: versions differ in it.
public enum ServedModelName: ResponseDescriptor {
    public static let (key, title) = ("served_model", "served model")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.servedModel.map { .text($0) }
    }
}

/// Who asks: another mix of clients is other traffic.
public enum ClientName: ResponseDescriptor {
    public static let (key, title) = ("client", "client")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.client.map { .text($0) }
    }
}
