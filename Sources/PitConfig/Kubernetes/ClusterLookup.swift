import Foundation
public import PitModel

/// Finds out how a cluster is reached: kubeconfigs by the usual rules, or the account of the pod that this runs in.
public struct ClusterLookup: Sendable {
    private let environment: [String: String]
    /// Where a pod finds its account.
    private let account: String

    public init(
        environment: [String: String], account: String = "/var/run/secrets/kubernetes.io/serviceaccount"
    ) {
        (self.environment, self.account) = (environment, account)
    }

    public func access(_ place: ClusterPlace) throws(ConnectorFault) -> ClusterAccess {
        if place.isInCluster { return try inCluster() }
        let home = environment["HOME"] ?? ""
        if !place.files.isEmpty {
            return try Kubeconfig(files: place.files, home: home).access(context: place.context)
        }
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            let files = list.split(separator: ":").map(String.init)
            return try Kubeconfig(files: files, home: home).access(context: place.context)
        }
        let usual = home + "/.kube/config"
        if !FileManager.default.fileExists(atPath: usual), environment["KUBERNETES_SERVICE_HOST"] != nil {
            return try inCluster()
        }
        return try Kubeconfig(files: [usual], home: home).access(context: place.context)
    }

    private func inCluster() throws(ConnectorFault) -> ClusterAccess {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], let port = environment["KUBERNETES_SERVICE_PORT"],
            !host.isEmpty, !port.isEmpty
        else { throw .file("this does not run in a cluster: KUBERNETES_SERVICE_HOST and _PORT are not set") }
        var access = ClusterAccess(
            context: "in-cluster", server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        guard FileManager.default.isReadableFile(atPath: account + "/token") else {
            throw .file("the pod's account has no token at \(account)/token")
        }
        access.credential = .tokenFile(account + "/token")
        access.ca = .file(account + "/ca.crt")
        let written = FileManager.default.contents(atPath: account + "/namespace").map {
            String(decoding: $0.prefix(300), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        access.namespace = environment["POD_NAMESPACE"] ?? written ?? "default"
        return access
    }
}
