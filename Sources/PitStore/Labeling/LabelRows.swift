import Crypto
import Foundation
import GRDB
public import PitModel

/// An item of a queue before it is kept.
public struct NewLabelItem: Equatable, Codable, Sendable {
    public var id: String
    public var target: JudgedTarget
    /// In which order the answers stand on the screen.
    public var order: [Int]
    public init(id: String, target: JudgedTarget, order: [Int] = [0]) {
        (self.id, self.target, self.order) = (id, target, order)
    }
}

extension JudgedTarget {
    /// With the hash of exactly what was judged.
    func hashed() -> JudgedTarget {
        var hash = SHA256()
        func take(_ piece: String) {
            hash.update(data: Data("\(piece.utf8.count):".utf8))
            hash.update(data: Data(piece.utf8))
        }
        for message in messages {
            take(message.role)
            take(message.text)
        }
        for answer in answers { take(answer) }
        var hashed = self
        hashed.textHash = hash.finalize().map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
        return hashed
    }
}

/// What an act changed, so that it can be taken back: each answer with the one before it, and how the item stood.
struct ActBody: Codable {
    struct Answer: Codable {
        var question: String
        var before: JudgedValue?
        var after: JudgedValue?
    }
    var answers: [Answer] = []
    var comment = ""
    /// How the item stood before and after; of marks alone.
    var stateBefore: StateRow?
    var stateAfter: StateRow?
    /// Of undo and redo: which act.
    var refers: Int64?
}

/// How far somebody is with an item.
struct StateRow: Codable, Equatable {
    var state = ""
    var isFlagged = false
    var isJudged: Bool { state == "judged" }
    var isSkipped: Bool { state == "skipped" }
}
