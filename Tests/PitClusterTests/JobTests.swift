import Foundation
import PitConnect
import PitEngine
import PitModel
import PitParse
import PitStore
import Testing

private struct Clock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: Date().timeIntervalSince1970) }
}

/// A desk that trains on the cluster; who stays with a training is a task of this process.
private struct Elsewhere {
    let cluster: Cluster
    let store: Store
    let desk: TrainingDesk
    let server: ConnectedServer
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-job-\(UUID().uuidString)").path

    /// - Parameter isKept: whether somebody stays with what is started.
    init(
        _ cluster: Cluster, image: String = "train:1", manifest: ManifestValue? = nil, isKept: Bool = true,
        _ change: (inout TrainingTemplate) -> Void = { _ in }
    ) throws {
        self.cluster = cluster
        store = try Store.inMemory()
        let connector = cluster.connector(namespaces: ["demo"])
        let server = ConnectedServer(
            Connection(name: ConnectionName("cluster"), kind: "kubernetes", url: cluster.url), connector)
        self.server = server
        var template = TrainingTemplate(
            name: "lora", parameters: [.init("lr", .number, standard: "0.01"), .init("note", standard: "x")],
            environment: ["DATA": "chat"],
            place: TrainingPlace(
                connection: ConnectionName("cluster"), namespace: "demo",
                work: .object(manifest ?? Self.job(image))))
        template.model = ModelName("support-chat")
        template.price = GPUPrice(perHour: 3600, currency: "EUR")
        change(&template)
        desk = TrainingDesk(
            templates: [template], store: store, servers: [server], state: folder, author: "ana b", clock: Clock()
        ) { folder throws(TrainingDesk.Fault) in
            if isKept { Self.keep(folder, server) }
            return getpid()
        }
    }

    static func keep(_ folder: String, _ server: ConnectedServer) {
        Task.detached {
            await RemoteKeeper.keep(TrainingFolder(folder), servers: [server], clock: Clock(), pause: 0.02)
        }
    }

    static func job(_ image: String) -> ManifestValue {
        .object([
            .init("apiVersion", .text("batch/v1")), .init("kind", .text("Job")),
            .init(
                "spec",
                .object([
                    .init("backoffLimit", .number(0)), .init("parallelism", .number(1)),
                    .init(
                        "template",
                        .object([
                            .init(
                                "spec",
                                .object([
                                    .init("priority", .place("lr")),
                                    .init(
                                        "containers",
                                        .list([
                                            .object([
                                                .init("name", .text("train")), .init("image", .text(image)),
                                                .init("args", .list([.text("--note={note}"), .text("{lr}")])),
                                                .init(
                                                    "resources",
                                                    .object([
                                                        .init("limits", .object([.init("nvidia.com/gpu", .text("2"))]))
                                                    ])),
                                            ])
                                        ])),
                                ]))
                        ])),
                ])),
        ])
    }

    func ended(_ id: String) async throws -> Training {
        try await until("\(id) has ended") { try desk.training(id).end != nil }
        return try desk.training(id)
    }

    func waits(_ id: String, _ words: String) async throws {
        try await until("\(id) says \(words)") { try desk.training(id).sight?.words.contains(words) == true }
    }

    func clear() { try? FileManager.default.removeItem(atPath: folder) }

    static let jobs = "/apis/batch/v1/namespaces/demo/jobs"
    func jobs() async throws -> [JSONValue] { try await cluster.get(Self.jobs)["items"]?.list ?? [] }
}

extension ClusterTests {
    @Suite(.enabled(if: Cluster.isOurs)) struct JobTests {
        @Test func aJobRunsToItsEndWithItsLogItsMetricsAndWhatItTook() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.set([("log", .text("begun\nstep 10 loss=0.9\n{\"step\": 20, \"loss\": 0.4}\ndone"))])
            let there = try Elsewhere(cluster)
            defer { there.clear() }
            let value = "a\"}, {lr} \n$(no): {{}}"
            let id = try await there.desk.start("lora", ["note": value]).id
            let training = try await there.ended(id)
            #expect(training.end?.kind == .finished && training.end?.status == 0)
            #expect(
                there.desk.log(id, lines: 9) == ["begun", "step 10 loss=0.9", "{\"step\": 20, \"loss\": 0.4}", "done"])
            #expect(there.desk.curves(id)["loss"]?.map(\.value) == [0.9, 0.4])
            let used = try #require(training.used(at: Clock().now()))
            #expect(used.gpus == 2 && used.utilisation == nil && used.cost == used.gpuHours.map { $0 * 3600 })
            let sent = try await cluster.asked().filter { $0.method == "POST" }
            let body = try #require(sent.first.flatMap { JSONReader.value(of: $0.body) })
            let container = body.at("spec.template.spec.containers.0")
            #expect(sent.count == 1 && container?["args"]?.list == [.text("--note=" + value), .text("0.01")])
            #expect(
                body.at("spec.template.spec.priority") == .number(0.01)
                    && sent.first?.query["fieldValidation"] == .text("Strict"))
            #expect(container?["env"]?.list == [.object([("name", .text("DATA")), ("value", .text("chat"))])])
            #expect(body["metadata"]?["labels"]?["pitwall/training"] == .text("lora-1"))
            #expect(body["metadata"]?["labels"]?["pitwall/author"] == .text("ana-b"))
            let audit = try there.store.auditEntries().map(\.what)
            #expect(audit == ["training begun", "training to be sent", "training finished"])
            let told = try there.store.trainingEvents(since: Timestamp(milliseconds: 0))
            #expect(told.map(\.title) == ["training lora-1 started by ana b", "training lora-1 finished"])
            #expect(told.allSatisfy { $0.model == ModelName("support-chat") })
        }

        @Test func aTrainJobOfKubeflowRunsTheSameWay() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.set([("log", .text("loss=0.5"))])
            let manifest = ManifestValue.object([
                .init("apiVersion", .text("trainer.kubeflow.org/v1alpha1")), .init("kind", .text("TrainJob")),
                .init(
                    "spec",
                    .object([
                        .init("runtimeRef", .object([.init("name", .text("torch-distributed"))])),
                        .init(
                            "trainer",
                            .object([
                                .init("image", .text("train-failing:1")), .init("numNodes", .number(2)),
                                .init(
                                    "env",
                                    .list([.object([.init("name", .text("DATA")), .init("value", .text("own"))])])),
                                .init(
                                    "resourcesPerNode",
                                    .object([.init("limits", .object([.init("nvidia.com/gpu", .number(4))]))])),
                            ])),
                    ])),
            ])
            let there = try Elsewhere(cluster, manifest: manifest)
            defer { there.clear() }
            let training = try await there.ended(try await there.desk.start("lora", [:]).id)
            #expect(training.end?.kind == .failed && training.end?.status == 1)
            #expect(training.end?.words.contains("ended with status 1; Failed (JobsFailed)") == true, "\(training)")
            let held = training.usage?.shares.map(\.gpus)
            #expect(held == [4, 4] && training.reference?.kind == "TrainJob")
            #expect(there.desk.curves(training.id)["loss"]?.last?.value == 0.5)
            let body = try await cluster.asked().first { $0.method == "POST" }.flatMap { JSONReader.value(of: $0.body) }
            #expect(body?.at("spec.trainer.env")?.list?.count == 1, "what the manifest says itself holds")
        }

        @Test func whatTheServerRefusesIsToldAtOnce() async throws {
            let cluster = try await Cluster.fresh()
            let words = "jobs.batch \"x\" is forbidden: exceeded quota: jobs, requested: count/jobs.batch=1"
            try await cluster.set([("deny", .text(words))])
            let there = try Elsewhere(cluster)
            defer { there.clear() }
            let fault = await #expect(throws: TrainingDesk.Fault.self) { try await there.desk.start("lora", [:]) }
            #expect(
                fault?.words.contains("cluster: 403: not allowed: " + words) == true, "\(String(describing: fault))")
            let training = try there.desk.training("lora-1")
            #expect(training.end?.kind == .notStarted && training.end?.words.contains("exceeded quota") == true)
            #expect(try await there.jobs().isEmpty)
            let elsewhere = try Elsewhere(cluster) { $0.place?.namespace = "kube-system" }
            let wrong = await #expect(throws: TrainingDesk.Fault.self) { try await elsewhere.desk.start("lora", [:]) }
            #expect(wrong?.words.contains("the connection is for demo only, not for kube-system") == true)
        }

        @Test func whyItIsStuckIsSaidAndWhatSomebodyElseDeletesIsLost() async throws {
            let cluster = try await Cluster.fresh()
            let there = try Elsewhere(cluster, image: "missing:1")
            defer { there.clear() }
            let id = try await there.desk.start("lora", [:]).id
            try await there.waits(id, "ImagePullBackOff: Back-off pulling image \"missing:1\"")
            #expect(try there.desk.training(id).run([:]).status == .scheduled)
            let name = try #require(try there.desk.training(id).reference?.name)
            try await cluster.delete(Elsewhere.jobs + "/" + name)
            let end = try #require(try await there.ended(id).end)
            #expect(
                end.kind == .lost
                    && end.words.contains("there is no Job \(name) any more: somebody else has deleted it"))
        }

        @Test func aQuotaAndNoRoomAreSaidAndAStopDeletesWhatWaits() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.set([("quota", .number(1))])
            let there = try Elsewhere(cluster, image: "unschedulable:1")
            defer { there.clear() }
            let id = try await there.desk.start("lora", [:]).id
            try await there.waits(id, "FailedCreate: Error creating: pods")
            try await cluster.set([("quota", .number(0))])
            try await there.waits(id, "Unschedulable: 0/1 nodes are available: 1 Insufficient nvidia.com/gpu.")
            _ = try there.desk.stop(id, why: "no room")
            let training = try await there.ended(id)
            #expect(training.end?.kind == .stopped && training.stopAsked == "ana b: no room")
            #expect(try await there.jobs().isEmpty)
            let deletion = try await cluster.asked().first { $0.method == "DELETE" }
            #expect(deletion?.body.contains("\"propagationPolicy\":\"Foreground\"") == true)
        }

        @Test(arguments: [
            ("oom:1", "ended with status 137 (OOMKilled); Failed (BackoffLimitExceeded)"),
            ("evicted:1", "Evicted: The node was low on resource: memory."),
        ])
        func howItFailedIsSaid(image: String, words: String) async throws {
            let there = try Elsewhere(try await Cluster.fresh(), image: image)
            defer { there.clear() }
            let training = try await there.ended(try await there.desk.start("lora", [:]).id)
            #expect(training.end?.kind == .failed && training.end?.words.contains(words) == true, "\(training)")
        }

        @Test func aMegabyteWithoutANewLineDoesNoHarm() async throws {
            let cluster = try await Cluster.fresh()
            let long = String(repeating: "x", count: 1_100_000)
            try await cluster.set([
                ("log", .text("step 1 loss=0.9\n\(long)\nstep 2 loss=0.5")), ("run_for", .number(0.1)),
            ])
            let there = try Elsewhere(cluster) { $0.maxLog = 100_000 }
            defer { there.clear() }
            let id = try await there.desk.start("lora", [:]).id
            #expect(try await there.ended(id).end?.kind == .finished)
            #expect(there.desk.curves(id)["loss"]?.first?.value == 0.9)
            let files = try FileManager.default.contentsOfDirectory(atPath: there.desk.folder(id).path)
            #expect(files.contains("output.old.log"))
        }

        @Test func aLostReplyAndADeadKeeperStartNothingTwice() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.set([("drop_reply", .text("yes"))])
            let there = try Elsewhere(cluster, image: "endless:1", isKept: false)
            defer { there.clear() }
            let id = try await there.desk.start("lora", [:]).id
            #expect(try there.desk.training(id).end == nil)
            #expect(try await there.jobs().count == 1)
            try await cluster.set([("drop_reply", .text(""))])
            // What the next pitwall does: it stays with what it finds on the disk.
            let path = there.desk.folder(id).path
            let next = there.server
            Elsewhere.keep(path, next)
            try await until("it runs") { try there.desk.training(id).sight?.phase == .running }
            // A second one sees that somebody stays with it, and leaves.
            await RemoteKeeper.keep(TrainingFolder(path), servers: [next], clock: Clock())
            #expect(try await there.jobs().count == 1)
            try await cluster.set([("refuse", .text("jobs"))])
            try await there.waits(id, "last seen")
            #expect(try there.desk.training(id).end == nil, "what cannot be seen has not ended")
            try await cluster.set([("refuse", .text(""))])
            _ = try there.desk.stop(id, why: "")
            #expect(try await there.ended(id).end?.kind == .stopped)
            #expect(try await cluster.asked().filter { $0.method == "POST" }.count <= 2)
        }
    }
}
