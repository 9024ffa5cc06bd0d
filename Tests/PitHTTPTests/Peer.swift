import Glibc

/// The server's end of one connection.
struct Peer: Sendable {
    let socket: Int32

    /// False when the other end has gone.
    @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// A whole reply of status 200 unless told otherwise.
    @discardableResult func reply(_ body: String = "ok", status: Int = 200, headers: [String] = []) -> Bool {
        reply(Array(body.utf8), status: status, headers: headers)
    }

    @discardableResult func reply(_ body: [UInt8], status: Int = 200, headers: [String] = []) -> Bool {
        let lines = ["HTTP/1.1 \(status) Words", "Content-Length: \(body.count)"] + headers
        return send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    /// Ends the connection, so that its loop ends as well.
    func hangUp() { shutdown(socket, Int32(SHUT_RDWR)) }

    /// Blocks until the other end hangs up.
    func waitUntilGone() {
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, 0) > 0 {}
    }

    func readRequest(connection: Int) -> SeenRequest? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard bytes.count < 1 << 20, recv(socket, &byte, 1, 0) == 1 else { return nil }
            bytes.append(byte)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        var body: [UInt8] = []
        while body.count < length {
            guard recv(socket, &byte, 1, 0) == 1 else { return nil }
            body.append(byte)
        }
        return SeenRequest(
            line: lines.first ?? "", headers: headers, body: String(decoding: body, as: UTF8.self),
            connection: connection)
    }
}
