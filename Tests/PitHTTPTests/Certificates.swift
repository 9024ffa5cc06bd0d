import Glibc

/// An authority of our own, what it signed, and one that nobody knows; made once for all tests.
struct Certificates: Sendable {
    static let made = Result { try Certificates() }

    private let folder: ScratchFolder
    var authority: String { folder.file("ca.pem") }
    /// For `pitwall.test` and `localhost`.
    var server: String { folder.file("server.pem") }
    var serverKey: String { folder.file("server.key") }
    var client: String { folder.file("client.pem") }
    var clientKey: String { folder.file("client.key") }
    var stranger: String { folder.file("stranger.pem") }

    private init() throws {
        folder = try ScratchFolder()
        // A value that lives as long as the process is never torn down.
        atexit { if case .success(let certificates) = Certificates.made { certificates.folder.remove() } }
        let curve = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        let signed = "-CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
        try Tools.shell(
            """
            set -e; cd \(folder.path)
            echo 'subjectAltName=DNS:pitwall.test,DNS:localhost' > names
            for name in ca stranger; do
              openssl req -x509 \(curve) -keyout $name.key -out $name.pem -subj /CN=$name -days 2
            done
            for name in server client; do
              openssl req \(curve) -keyout $name.key -out $name.csr -subj /CN=$name
              openssl x509 -req -in $name.csr \(signed) -extfile names -out $name.pem
            done
            """)
    }
}
