import PitModel

extension Console {
    /// Questions whose answers are kept.
    private static let mostKept = 8

    /// A question that was opened and not yet sent.
    mutating func knowledgeLoads() -> [Effect] {
        guard let question = top.looksUp(world), lookedUp.insert(question).inserted else { return [] }
        return [.lookUp(question)]
    }

    mutating func take(_ page: KnowledgePage) {
        if world.knowledge.count >= Self.mostKept, world.knowledge[page.question] == nil {
            let wanted = Set(stack.compactMap { $0.looksUp(world) })
            world.knowledge = world.knowledge.filter { wanted.contains($0.key) }
            lookedUp = lookedUp.filter { wanted.contains($0) || $0 == page.question }
        }
        world.knowledge[page.question] = page
        settle()
    }

    /// What stands behind `ask` where a question is typed among the commands.
    func typedQuestion(_ text: String) -> String? {
        guard text.lowercased().hasPrefix("ask ") else { return nil }
        let question = text.dropFirst(4).drop { $0 == " " }
        return question.contains { $0.isLetter || $0.isNumber } ? String(question) : nil
    }
}
