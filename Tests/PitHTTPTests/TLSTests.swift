import Foundation
import PitHTTP
import PitModel
import Testing

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    private static let good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

    private func fault(_ http: CurlHTTP) async -> ConnectorFault? {
        await Wire.fault { () async throws(ConnectorFault) in
            try await http.send(HTTPRequest(.get, "/", isRepeatable: false))
        }
    }

    @Test func aPrivateAuthorityIsTrustedWhenItIsNamed() async throws {
        let certificates = try Certificates.made.get()
        let server = try TLSServer(certificates, reply: Self.good)
        defer { server.stop() }
        let url = "https://localhost:\(server.port)"
        let engine = CurlEngine()
        #expect(await fault(Wire.to(url, engine: engine))?.code == "tls")
        #expect(await fault(Wire.to(url, engine: engine) { $0.ca = certificates.stranger })?.code == "tls")
        #expect(await fault(Wire.to(url, engine: engine) { $0.ca = "/nowhere/ca.pem" })?.code == "tls")
        #expect(server.seen.contains("GET") == false)
        let known = Wire.to(url, engine: engine) { $0.ca = certificates.authority }
        #expect(try await known.send(HTTPRequest()).text == "hi")
        #expect(try await known.send(HTTPRequest()).text == "hi")
        // The open connection of one that trusts is not for another that does not; and this server has but one.
        #expect(await fault(Wire.to(url, engine: engine) { $0.timeout = 0.5 }) == .timedOut(after: 0.5))
    }

    @Test func anInsecureConnectionTakesAnyCertificate() async throws {
        let server = try TLSServer(Certificates.made.get(), reply: Self.good)
        defer { server.stop() }
        let http = Wire.to("https://127.0.0.1:\(server.port)") { $0.isInsecure = true }
        #expect(try await http.send(HTTPRequest()).text == "hi")
    }

    @Test func theCertificateMayBeForAnotherNameThatIsConfigured() async throws {
        let certificates = try Certificates.made.get()
        let reply = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
        let server = try TLSServer(certificates, reply: reply)
        defer { server.stop() }
        let url = "https://127.0.0.1:\(server.port)/x"
        #expect(await fault(Wire.to(url) { $0.ca = certificates.authority })?.code == "tls")
        let http = Wire.to(url) { ($0.ca, $0.serverName) = (certificates.authority, "pitwall.test") }
        #expect(try await http.send(HTTPRequest()).text == "hi")
        #expect(server.seen.contains("Host: 127.0.0.1:\(server.port)\n"))
        #expect(http.address == url)
        let wrong = Wire.to(url) { ($0.ca, $0.serverName) = (certificates.authority, "other.test") }
        #expect(await fault(wrong)?.code == "tls")
    }

    @Test func aServerThatWantsACertificateGetsOne() async throws {
        let certificates = try Certificates.made.get()
        let options = ["-Verify", "1", "-verify_return_error", "-CAfile", certificates.authority]
        let server = try TLSServer(certificates, reply: Self.good, options: options)
        defer { server.stop() }
        let url = "https://localhost:\(server.port)"
        #expect(await fault(Wire.to(url) { $0.ca = certificates.authority })?.code == "tls")
        let unreadable = Wire.to(url) {
            ($0.ca, $0.certificate, $0.key) = (certificates.authority, "/nowhere/c.pem", "/nowhere/c.key")
        }
        #expect(await fault(unreadable)?.code == "tls")
        let http = Wire.to(url) {
            ($0.ca, $0.certificate, $0.key) = (certificates.authority, certificates.client, certificates.clientKey)
        }
        #expect(try await http.send(HTTPRequest()).text == "hi")
    }

    @Test func certificatesAndKeysMayBeTextsInPlaceOfFiles() async throws {
        let certificates = try Certificates.made.get()
        let reply = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
        let options = ["-Verify", "1", "-verify_return_error", "-CAfile", certificates.authority]
        let server = try TLSServer(certificates, reply: reply, options: options)
        defer { server.stop() }
        let texts = try [certificates.authority, certificates.client, certificates.clientKey].map {
            String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self)
        }
        let url = "https://localhost:\(server.port)"
        let http = Wire.to(url) {
            ($0.caText, $0.certificateText, $0.keyText) = (texts[0], texts[1], Secret(texts[2]))
        }
        #expect(try await http.send(HTTPRequest()).text == "hi")
        #expect(await fault(Wire.to(url) { $0.caText = texts[0] })?.code == "tls")
        #expect(await fault(Wire.to(url) { ($0.caText, $0.certificateText) = ("no pem", texts[1]) })?.code == "tls")
    }

    @Test func aRedirectDoesNotLeaveTLS() async throws {
        let certificates = try Certificates.made.get()
        let plain = try RawServer(always: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        defer { plain.stop() }
        let moved = "HTTP/1.1 302 Found\r\nLocation: \(plain.url)/x\r\nContent-Length: 0\r\n\r\n"
        let server = try TLSServer(certificates, reply: moved)
        defer { server.stop() }
        let http = Wire.to("https://localhost:\(server.port)") { $0.ca = certificates.authority }
        #expect(await fault(http) == .tls("a redirect from https to http was refused"))
        #expect(plain.requests.isEmpty)
    }

    @Test func trustInOneHostIsNotTrustInAnother() async throws {
        let certificates = try Certificates.made.get()
        let other = try TLSServer(certificates, reply: Self.good)
        defer { other.stop() }
        let moved = "HTTP/1.1 302 Found\r\nLocation: https://localhost:\(other.port)/x\r\nContent-Length: 0\r\n\r\n"
        let server = try RawServer(always: moved)
        defer { server.stop() }
        #expect(await fault(Wire.to(server.url) { $0.isInsecure = true })?.code == "tls")
        #expect(!other.seen.contains("GET"))
    }

    @Test func plainTextWhereTLSIsExpectedIsATLSFault() async throws {
        let server = try RawServer(always: Self.good)
        defer { server.stop() }
        let http = Wire.to("https://127.0.0.1:\(server.port)") { $0.timeout = 5 }
        let task = Task { await fault(http) }
        #expect(await eventually { server.connections > 0 })
        server.stop()
        #expect(await task.value?.code == "tls")
    }
}
