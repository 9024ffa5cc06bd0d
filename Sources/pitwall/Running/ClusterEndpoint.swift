import Foundation
import PitConfig
import PitHTTP
import PitModel

/// Turns what a kubeconfig says into an endpoint.
enum ClusterEndpoint {
    /// Requests at one time: each kind of object that is followed keeps one open.
    private static let concurrent = 48

    /// A wire that reads the kubeconfig when it is first needed, and again when the server refuses what stood there.
    static func wire(
        _ place: ClusterPlace, _ config: ConnectionConfig, _ engine: CurlEngine, _ places: Places
    ) -> LateHTTP {
        let lookup = ClusterLookup(environment: places.environment)
        let environment = places.environment
        return LateHTTP(
            engine: engine, version: Version.current, address: config.connection.url
        ) { () async throws(ConnectorFault) in
            try await found(try lookup.access(place), config, environment)
        }
    }

    static func found(
        _ access: ClusterAccess, _ config: ConnectionConfig, _ environment: [String: String]
    ) async throws(ConnectorFault) -> LateHTTP.Found {
        var endpoint = Endpoint(
            url: access.server, timeout: config.connection.timeout, maxBytes: config.maxBytes,
            maxConcurrent: concurrent)
        (endpoint.ca, endpoint.caText) = parts(access.ca)
        (endpoint.certificate, endpoint.certificateText) = parts(access.certificate)
        let (file, text) = parts(access.key)
        (endpoint.key, endpoint.keyText) = (file, text.map { Secret($0) })
        (endpoint.serverName, endpoint.isInsecure) = (access.serverName, access.isInsecure)
        endpoint.proxy = access.proxy.map { .url($0) } ?? .environment
        endpoint.headers = access.impersonation.map { (name: $0.name, value: $0.value) }
        switch access.credential {
        case .none: break
        case .token(let token): endpoint.credential = .bearer(.fixed(Secret(token.value)))
        case .basic(let user, let password):
            endpoint.credential = .basic(user: user, password: .fixed(Secret(password.value)))
        case .tokenFile(let path):
            let reader = SecretReader(environment: environment)
            endpoint.credential = .bearer(
                SecretSource { () async throws(ConnectorFault) in Secret(try await reader.read(.file(path))) })
        case .plugin(let plugin): return try await found(by: plugin, endpoint, environment)
        }
        return LateHTTP.Found(endpoint)
    }

    /// What a plugin gives is used until it ends; then the plugin is asked again.
    private static func found(
        by plugin: ExecPlugin, _ base: Endpoint, _ environment: [String: String]
    ) async throws(ConnectorFault) -> LateHTTP.Found {
        var endpoint = base
        let given = try await plugin.run(environment: environment)
        if let token = given.token { endpoint.credential = .bearer(.fixed(Secret(token.value))) }
        if let certificate = given.certificate, let key = given.key {
            (endpoint.certificate, endpoint.key) = (nil, nil)
            (endpoint.certificateText, endpoint.keyText) = (certificate.value, Secret(key.value))
        }
        // One that has ended already is used all the same: this machine's clock may be wrong, and the server decides.
        let left = given.expires.map { max(1, $0 - Date().timeIntervalSince1970) }
        return LateHTTP.Found(endpoint, lifetime: left)
    }

    private static func parts(_ document: ClusterAccess.Document?) -> (file: String?, text: String?) {
        switch document {
        case .file(let path): (path, nil)
        case .text(let words): (nil, words.value)
        case nil: (nil, nil)
        }
    }
}
