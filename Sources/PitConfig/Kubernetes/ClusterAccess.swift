/// How one API server is reached, as a context of a kubeconfig says, or a pod that runs in the cluster knows.
public struct ClusterAccess: Equatable, Sendable {
    /// A certificate or a key: a file, or the text itself.
    public enum Document: Equatable, Sendable {
        case file(String)
        case text(Hidden)
    }

    public enum Credential: Equatable, Sendable {
        case none
        case token(Hidden)
        /// Read again every minute: such tokens are renewed in place.
        case tokenFile(String)
        case basic(user: String, password: Hidden)
        case plugin(ExecPlugin)
    }

    public var context: String
    public var server: String
    /// The name that the server's certificate must bear, when that is not the url's host.
    public var serverName: String?
    public var isInsecure = false
    public var ca: Document?
    public var certificate: Document?
    public var key: Document?
    public var credential = Credential.none
    /// `Impersonate-User` and the like; groups several times.
    public var impersonation: [Header] = []
    /// An http, https or socks5 url; nil takes the environment's.
    public var proxy: String?
    /// Where one works when nothing else is said.
    public var namespace: String

    public struct Header: Equatable, Sendable {
        public var name: String
        public var value: String
        public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    public init(context: String, server: String, namespace: String = "default") {
        (self.context, self.server, self.namespace) = (context, server, namespace)
    }
}

/// A program that gives a credential: `client.authentication.k8s.io`.
public struct ExecPlugin: Equatable, Sendable {
    public var command: String
    public var arguments: [String]
    public var environment: [Variable]
    /// `client.authentication.k8s.io/v1`, or `v1beta1`.
    public var apiVersion: String
    public var installHint: String
    /// It wants a terminal of its own, which it cannot have here.
    public var needsTerminal: Bool
    /// What it is told of the cluster, as JSON; nil when it is told nothing.
    public var cluster: String?

    public struct Variable: Equatable, Sendable {
        public var name: String
        public var value: Hidden
        public init(_ name: String, _ value: Hidden) { (self.name, self.value) = (name, value) }
    }

    public init(
        command: String, arguments: [String] = [], environment: [Variable] = [],
        apiVersion: String = "client.authentication.k8s.io/v1", installHint: String = "", needsTerminal: Bool = false,
        cluster: String? = nil
    ) {
        (self.command, self.arguments, self.environment) = (command, arguments, environment)
        (self.apiVersion, self.installHint, self.needsTerminal) = (apiVersion, installHint, needsTerminal)
        self.cluster = cluster
    }
}

/// Which cluster the configuration means, where it names no url.
public struct ClusterPlace: Equatable, Sendable {
    /// Files that are merged; empty means `KUBECONFIG`, or `~/.kube/config`, or the pod's own account.
    public var files: [String]
    /// Nil: the current one.
    public var context: String?
    /// Only the pod's own account.
    public var isInCluster: Bool
    public init(files: [String] = [], context: String? = nil, isInCluster: Bool = false) {
        (self.files, self.context, self.isInCluster) = (files, context, isInCluster)
    }

    /// `context prod`.
    public var words: String {
        isInCluster ? "in-cluster" : context.map { "context \($0)" } ?? "the current context"
    }
}
