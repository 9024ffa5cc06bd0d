import FlyingFox
import Foundation
import PitParse

/// The server's own type has the same name.
typealias JSONValue = PitParse.JSONValue

/// Replies of the simulated servers.
enum Reply {
    static func json(_ value: Any, status: HTTPStatusCode = .ok) -> HTTPResponse {
        let data =
            (try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])) ?? Data()
        return HTTPResponse(statusCode: status, headers: [.contentType: "application/json"], body: data)
    }

    static func text(_ text: String, type: String = "text/plain; charset=utf-8", status: HTTPStatusCode = .ok)
        -> HTTPResponse
    {
        HTTPResponse(statusCode: status, headers: [.contentType: type], body: Data(text.utf8))
    }
}

/// Query items and form fields of a request, in order.
enum Form {
    static func items(_ request: FlyingFox.HTTPRequest) async -> [(name: String, value: String)] {
        var items = request.query.map { (name: $0.name, value: $0.value) }
        if let body = try? await request.bodyData, !body.isEmpty,
            request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true
        {
            for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                items.append((decode(parts[0]), parts.count > 1 ? decode(parts[1]) : ""))
            }
        }
        return items
    }

    private static func decode(_ text: Substring) -> String {
        text.replacing("+", with: " ").removingPercentEncoding ?? String(text)
    }
}
