import PitConnect
import PitModel
import PitParse
import Testing

extension ClusterTests {
    @Suite struct FollowTests {
        @Test func aSecondReadingIsAnsweredByAWatch() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.deploy("llm")
            let connector = cluster.connector()
            for _ in 1...2 { #expect(try await connector.deployments().map(\.id.name) == ["llm"]) }
            try await until("a watch") { try await cluster.asked().contains { $0.isWatch } }
            try await cluster.control("clear")
            try await cluster.release("llm", image: "registry.local/llm-server:2.0.0", cause: "2", settles: false)
            try await until("the new release is seen") {
                let now = try await connector.deployments().first
                return now?.release == "r2" && now?.status == .complete && now?.current != nil
            }
            try await cluster.delete(Cluster.path("llm"))
            try await until("it is gone") { try await connector.deployments().isEmpty }
            #expect(try await cluster.asked().allSatisfy { $0.method != "GET" || $0.isWatch })
        }

        @Test(.enabled(if: Cluster.isOurs), arguments: ["compact", "cut"]) func aWatchThatCannotGoOnIsBegunAnew(
            _ what: String
        ) async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.deploy("llm")
            let connector = cluster.connector()
            for _ in 1...2 { _ = try await connector.deployments() }
            try await until("a watch") { try await cluster.asked().contains { $0.isWatch } }
            try await cluster.release("llm", image: "registry.local/llm-server:2.0.0", cause: "2", settles: false)
            try await cluster.control(what)
            if what == "compact" { try await cluster.control("cut") }
            try await until("the new release is seen") {
                try await connector.deployments().first?.release == "r2"
            }
        }

        @Test(.enabled(if: Cluster.isOurs)) func aListWhosePlaceExpiresIsReadFromTheStart() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.set([("controller", .flag(false)), ("kubelet", .flag(false)), ("gone_pages", .number(1))])
            for index in 0..<501 {
                try await cluster.post(
                    "/apis/apps/v1/namespaces/demo/deployments",
                    "{\"metadata\": {\"name\": \"d-\(index)\"}, \"spec\": {\"selector\": {}, \"template\": {}}}")
            }
            #expect(try await cluster.connector().deployments().count == 501)
        }

        @Test(.enabled(if: Cluster.isOurs)) func whatCannotBeReachedOrReadIsSaid() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.deploy("llm")
            let words =
                "deployments.apps is forbidden: User \"nobody\" cannot list resource \"deployments\" in API group "
                + "\"apps\" at the cluster scope"
            await #expect(throws: ConnectorFault.forbidden(words)) {
                try await cluster.connector("nobody").deployments()
            }
            // It may list and not watch: then it lists.
            let lister = cluster.connector("lister")
            for _ in 1...4 { #expect(try await lister.deployments().count == 1) }
            // The token ends in the middle.
            let connector = cluster.connector("viewer")
            for _ in 1...2 { #expect(try await connector.deployments().count == 1) }
            try await cluster.set([("expired", .list([.text(Cluster.token("viewer"))]))])
            try await cluster.control("cut")
            try await until("the token is refused") {
                do { _ = try await connector.deployments() } catch ConnectorFault.unauthorized { return true }
                return false
            }
            // So does the cluster.
            let other = cluster.connector()
            for _ in 1...2 { _ = try await other.deployments() }
            try await cluster.set([("refuse", .text("GET /apis"))])
            try await cluster.control("cut")
            try await until("the cluster is gone") {
                do { _ = try await other.deployments() } catch { return true }
                return false
            }
            try await cluster.set([("refuse", .text(""))])
            #expect(try await other.deployments().count == 1)
        }

        @Test func onlyTheNamespacesThatAreNamedAreRead() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.deploy("llm")
            #expect(try await cluster.connector(namespaces: ["other"]).deployments().isEmpty)
            #expect(try await cluster.connector(namespaces: ["other", "demo"]).deployments().count == 1)
            let paths = try await cluster.asked().map(\.path)
            #expect(paths.contains("/apis/apps/v1/namespaces/other/deployments"))
            #expect(!paths.contains("/apis/apps/v1/deployments"))
        }
    }
}
