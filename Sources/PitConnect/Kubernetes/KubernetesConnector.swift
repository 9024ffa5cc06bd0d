public import PitModel
import PitParse

/// A Kubernetes cluster: Deployments and StatefulSets, and what KServe and Argo Rollouts add.
public struct KubernetesConnector: Connector, SpecRecording {
    public static let about = ConnectorInfo(
        id: "kubernetes", title: "Kubernetes",
        summary: "shows what runs where, and rolls back, pauses, restarts and scales it", usualPorts: [6443],
        options: [
            OptionInfo(
                "namespaces", .list, help: "only these; all of them without it", example: "[prod, staging]")
        ], isCluster: true)
    public static let deploymentVerbs: Set<DeploymentVerb> = [
        .rollback, .promote, .pause, .resume, .restart, .scale, .abort, .retry, .setWeight, .stop, .start,
    ]

    let cluster: KubeCluster
    var api: KubeAPI { cluster.api }

    public init(_ connection: Connection, http: any HTTP) {
        cluster = KubeCluster(
            api: KubeAPI(http: http, connection: connection.name), connection: connection.name,
            namespaces: connection.options["namespaces"]?.list ?? [])
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        let version = try await api.get("/version")
        guard let name = version["gitVersion"]?.text else {
            throw .notWhatItSays(expected: KubeAPI.product, got: "JSON without gitVersion")
        }
        let places =
            cluster.namespaces.isEmpty ? "all namespaces" : "namespaces \(cluster.namespaces.joined(separator: ", "))"
        return Identity(product: KubeAPI.product, version: name.prefix(bytes: 60), detail: places)
    }

    public func record(on shelf: any SpecShelf) { api.shelf.shelf = shelf }

    public func deployments() async throws(ConnectorFault) -> [Deployment] {
        let all = try await cluster.deployments()
        await cluster.keepSpecs()
        return all
    }

    public func revisions(of deployment: DeploymentID) async throws(ConnectorFault) -> [Revision] {
        let (dialect, object) = try await find(deployment)
        return try await dialect.revisions(of: object, api).map(\.revision)
    }

    public func changes(
        in deployment: DeploymentID, from: RevisionID?, to: RevisionID?
    ) async throws(ConnectorFault) -> [SpecChange] {
        let (dialect, object) = try await find(deployment)
        let all = from == nil && to == nil ? [] : try await dialect.revisions(of: object, api)
        func content(_ revision: RevisionID?) throws(ConnectorFault) -> JSONValue? {
            guard let revision else { return dialect.content(of: object) }
            guard let found = all.first(where: { $0.revision.id.isSame(as: revision) }) else {
                throw .rejected("\(deployment.path) has no revision \(revision.name) any more")
            }
            return found.content
        }
        return TemplateDiff.changes(from: try content(from), to: try content(to))
    }

    func find(_ id: DeploymentID) async throws(ConnectorFault) -> (any KubeDialect, KubeObject) {
        let dialect = try await cluster.dialect(id.kind)
        return (dialect, try await api.object(dialect.resource, id.namespace, id.name))
    }
}

extension RevisionID {
    /// By the uid where both have one: a name can be used again.
    func isSame(as other: RevisionID) -> Bool {
        uid.isEmpty || other.uid.isEmpty ? name == other.name : uid == other.uid
    }
}
