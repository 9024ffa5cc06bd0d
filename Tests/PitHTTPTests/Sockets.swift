import Glibc

/// What a test asked of the system and did not get.
struct SystemFailure: Error {
    var call: String
    var number = errno
    init(_ call: String) { self.call = call }
}

/// Listening sockets on addresses of the system's choice.
enum Sockets {
    static func listen() throws -> (socket: Int32, port: UInt16) {
        let bound = try bind()
        guard Glibc.listen(bound.socket, 1024) == 0 else { throw SystemFailure("listen") }
        return bound
    }

    /// A port that is taken and where nothing listens: a connection is refused until the socket is closed.
    static func bind() throws -> (socket: Int32, port: UInt16) {
        let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                Glibc.bind(taken, generic, size) == 0 && getsockname(taken, generic, &size) == 0
            }
        }
        guard isBound else { throw SystemFailure("bind") }
        return (taken, UInt16(bigEndian: address.sin_port))
    }

    static func listen(unixPath path: String) throws -> Int32 {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(listener, $0, size) == 0 && Glibc.listen(listener, 64) == 0
            }
        }
        guard isBound else { throw SystemFailure("bind") }
        return listener
    }
}
