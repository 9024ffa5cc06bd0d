import PitModel

extension JSONBytes {
    /// A message as chat formats have it.
    mutating func message(_ role: String, _ content: String) {
        raw("{\"role\":")
        string(role)
        raw(",\"content\":")
        string(content)
        byte(0x7D)
    }

    /// The members of a list of messages, without its brackets.
    mutating func messages(_ messages: [Interaction.Message]) {
        for (place, message) in messages.enumerated() {
            if place > 0 { byte(0x2C) }
            self.message(message.role, message.text)
        }
    }

    /// A list of one answer.
    mutating func answer(_ text: String) {
        byte(0x5B)
        message("assistant", text)
        byte(0x5D)
    }

    mutating func strings(_ texts: some Sequence<String>) {
        byte(0x5B)
        var isFirst = true
        for text in texts {
            if !isFirst { byte(0x2C) }
            isFirst = false
            string(text)
        }
        byte(0x5D)
    }
}
