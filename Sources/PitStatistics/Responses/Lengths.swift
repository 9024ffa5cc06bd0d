public import PitModel

/// Characters of what the user said last.
public enum PromptLength: ResponseDescriptor {
    public static let (key, title) = ("prompt_length", "prompt length")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.messages.isEmpty ? nil : .number(Double(text.prompt.length))
    }
}

/// Characters of what came back.
public enum ResponseLength: ResponseDescriptor {
    public static let (key, title) = ("response_length", "response length")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.response.map { .number(Double($0.length)) }
    }
}

public enum PromptWords: ResponseDescriptor {
    public static let (key, title) = ("prompt_words", "prompt words")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.messages.isEmpty ? nil : .number(Double(text.prompt.words.count))
    }
}

public enum ResponseWords: ResponseDescriptor {
    public static let (key, title) = ("response_words", "response words")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.response.map { .number(Double($0.words.count)) }
    }
}

/// As the source counted them: "traced", because servers count them in histograms, too.
public enum PromptTokens: ResponseDescriptor {
    public static let (key, title) = ("prompt_tokens", "traced prompt tokens")
    public static let unit = SignalUnit.tokens
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.promptTokens.map { .number(Double($0)) }
    }
}

public enum ResponseTokens: ResponseDescriptor {
    public static let (key, title) = ("response_tokens", "traced output tokens")
    public static let unit = SignalUnit.tokens
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.responseTokens.map { .number(Double($0)) }
    }
}

/// Messages that were sent: how long the conversation is.
public enum TurnCount: ResponseDescriptor {
    public static let (key, title) = ("turns", "messages sent")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.messages.isEmpty ? nil : .number(Double(text.exchange.messages.count))
    }
}
