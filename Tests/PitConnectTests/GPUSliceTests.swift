import PitModel
import PitParse
import Testing

@testable import PitConnect

private let slices: [(resource: String, sevenths: Double)] = [
    ("nvidia.com/gpu", 7), ("amd.com/gpu", 7), ("nvidia.com/mig-1g.10gb", 1), ("nvidia.com/mig-1g.5gb.me", 1),
    ("nvidia.com/mig-3g.40gb", 3), ("nvidia.com/mig-7g.80gb", 7), ("nvidia.com/mig-1g.6gb", 1.75),
    ("nvidia.com/mig-2g.12gb.me", 3.5), ("nvidia.com/mig-1c.3g.20gb", 1), ("nvidia.com/mig-odd", 7),
    ("nvidia.com/mig-9g.90gb", 7), ("nvidia.com/mig-g.1gb", 7),
]

@Test("a slice of a GPU counts as its share of compute slices, a whole one as one")
func gpuSlices() {
    for (resource, sevenths) in slices {
        #expect(abs(GPUSlice.fraction(resource) * 7 - sevenths) < 1e-9, "\(resource)")
    }
}

@Test("two slices for an hour are two sevenths of a GPU hour; the pods' own resources are counted")
func slicesOfPods() {
    let pod = JSONReader.value(
        of: Array(
            """
            {"metadata":{"name":"p","uid":"u"},"spec":{"containers":[{"resources":{"limits":{"nvidia.com/mig-1g.10gb":"2"}}},
             {"resources":{"limits":{"nvidia.com/gpu":1}}}]},"status":{"phase":"Running","startTime":"2026-11-23T03:00:00Z"}}
            """.utf8))
    let shares = TrainingPods(pod.map { [$0] } ?? []).shares
    #expect(shares.count == 1 && abs(shares[0].gpus - (1 + 2.0 / 7)) < 1e-12)
}

@Test("a TrainJob is started by the version that the cluster prefers, or the manifest's, and looked at by the same")
func trainJobVersions() async throws {
    func order(_ version: String?) -> RemoteOrder {
        let kind: [ManifestValue.Member] = [.init("kind", .text("TrainJob"))]
        let api = version.map { [ManifestValue.Member("apiVersion", .text("trainer.kubeflow.org/\($0)"))] } ?? []
        return RemoteOrder(
            training: "t-1", template: "t", author: "ana", at: Timestamp(milliseconds: 0),
            place: TrainingPlace(connection: ConnectionName("c"), namespace: "ml", work: .object(.object(api + kind))))
    }
    let groups =
        #"{"groups":[{"name":"trainer.kubeflow.org","versions":[{"version":"v1"},{"version":"v1alpha1"}],"preferredVersion":{"version":"v1"}}]}"#
    let http = FakeHTTP(
        .text(groups), .text(#"{"metadata":{"name":"x","namespace":"ml","uid":"u"}}"#, 201),
        .text(#"{"kind":"Status","code":404}"#, 404))
    let cluster = KubernetesConnector(connection("kubernetes"), http: http)
    let reference = try await cluster.prepared(try cluster.reference(of: order(nil), mark: "x"), for: order(nil))
    #expect(reference.version == "v1" && reference.kind == "TrainJob")
    _ = try await cluster.start(order(nil), as: reference)
    _ = try await cluster.look(at: reference)
    #expect(
        http.requests.map(\.path)[1...].allSatisfy {
            $0.hasPrefix("/apis/trainer.kubeflow.org/v1/namespaces/ml/trainjobs")
        })
    #expect(JSONReader.value(of: http.requests[1].body)?["apiVersion"]?.text == "trainer.kubeflow.org/v1")
    func version(_ wanted: String?, _ groups: String) async throws -> String? {
        let cluster = KubernetesConnector(connection("kubernetes"), http: FakeHTTP(.text(groups)))
        return try await cluster.prepared(try cluster.reference(of: order(wanted), mark: "x"), for: order(wanted))
            .version
    }
    #expect(try await version("v1alpha1", groups) == "v1alpha1")
    let old = await #expect(throws: ConnectorFault.self) { try await version("v2", groups) }
    #expect(old?.summary.contains("a TrainJob of v1, v1alpha1, and none of v2") == true)
    let none = await #expect(throws: ConnectorFault.self) { try await version(nil, #"{"groups":[]}"#) }
    #expect(none?.summary.contains("nothing of trainer.kubeflow.org is installed") == true)
}
