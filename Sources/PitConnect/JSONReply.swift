import FoundationEssentials
import PitModel
import PitParse

/// Reads a reply that should be JSON, and says what it is when it is not.
enum JSONReply {
    static func decode<T: Decodable>(_: T.Type, _ reply: HTTPReply, from product: String) throws(ConnectorFault) -> T {
        if ExpositionParser.looksLikeHTML(reply.body) { throw .notWhatItSays(expected: product, got: "a web page") }
        do {
            return try JSONDecoder().decode(T.self, from: Data(reply.body))
        } catch let error as DecodingError {
            if case .dataCorrupted = error { throw .notWhatItSays(expected: "\(product) (JSON)", got: shape(reply)) }
            throw .notWhatItSays(expected: product, got: "JSON of another shape")
        } catch {
            throw .malformed("\(error)")
        }
    }

    static func shape(_ reply: HTTPReply) -> String {
        if reply.body.isEmpty { return "an empty reply" }
        return reply.excerpt.isEmpty ? "\(reply.body.count) bytes" : "`\(reply.excerpt.prefix(40))`"
    }
}
