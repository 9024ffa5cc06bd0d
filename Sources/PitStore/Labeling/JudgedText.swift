import Crypto
import Foundation
public import PitModel

extension JudgedTarget {
    /// The hash of exactly what is judged, as `textHash` holds it.
    public static func hash(messages: [Interaction.Message], answers: [String]) -> String {
        var hash = SHA256()
        for piece in messages.flatMap({ [$0.role, $0.text] }) + answers {
            hash.update(data: Data("\(piece.utf8.count):".utf8))
            hash.update(data: Data(piece.utf8))
        }
        return Data(hash.finalize()).hexText
    }
}
