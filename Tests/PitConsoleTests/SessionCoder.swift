import Foundation
import PitConsole

/// The session as JSON, as the program keeps it.
enum SessionCoder {
    static func encode(_ session: Session) throws -> Data { try JSONEncoder().encode(session) }
    static func decode(_ data: Data) throws -> Session { try JSONDecoder().decode(Session.self, from: data) }
}
