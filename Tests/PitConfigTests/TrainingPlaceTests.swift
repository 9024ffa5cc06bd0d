import PitConfig
import PitModel
import Testing

private let places = [
    ConnectorInfo(id: "kubernetes", title: "Kubernetes", summary: "", isCluster: true),
    ConnectorInfo(id: "jenkins", title: "Jenkins", summary: ""),
]

private func readTemplate(_ template: String) -> ConfigReader.Outcome {
    let lines = template.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    return ConfigReader(kinds: places, profiles: [], sources: [], redactions: []).read(
        """
        connections:
          - {name: prod, kind: kubernetes, url: 'https://h:1', allow: [train]}
          - {name: ci, kind: jenkins, url: 'http://h:2', allow: []}
        training:
          - name: lora
        \(lines)
        """, file: "f")
}

@Test("a value keeps to its place in a manifest: as text in quotes, as its kind without them")
func fillsManifest() throws {
    let outcome = readTemplate(
        """
        job:
          connection: prod
          namespace: ml
          manifest:
            kind: Job
            spec:
              parallelism: {workers}
              emptyDir: {medium: }
              quoted: "3"
              args: ["--lr={lr}", "{workers}", 3]
        parameters:
          workers: {type: whole, default: 2}
          lr: {default: x}
        gpu_price: 2.80 EUR
        model: support-chat
        """)
    #expect(outcome.issues == [])
    let config = try #require(outcome.config)
    #expect(config.connections.map(\.connection.allowsTraining) == [true, false])
    let template = try #require(config.training.first)
    #expect(template.price == GPUPrice(perHour: 2.8, currency: "EUR") && template.model == ModelName("support-chat"))
    guard case .object(let manifest)? = template.place?.work else {
        Issue.record("no manifest")
        return
    }
    let spec = manifest.filled(["workers": "4", "lr": "{workers}\"}, x: {y"], template.parameters)["spec"]
    #expect(spec?["parallelism"] == .number(4) && spec?["quoted"] == .text("3"))
    #expect(spec?["emptyDir"] == .object([.init("medium", .null)]))
    #expect(spec?["args"] == .list([.text("--lr={workers}\"}, x: {y"), .text("4"), .number(3)]))
}

@Test("an image is enough for a job, and a block of text is a manifest, too")
func shortJob() throws {
    let short = readTemplate(
        "job: {connection: prod, image: 'train:1', command: [train, '{lr}'], gpus: 2}\nparameters: {lr: 0.1}")
    #expect(short.issues == [])
    guard case .object(let manifest)? = short.config?.training.first?.place?.work else {
        Issue.record("no manifest")
        return
    }
    #expect(manifest.texts.contains("{lr}") && manifest.texts.contains("2") && manifest["kind"] == .text("Job"))
    let block = readTemplate(
        "job:\n  connection: prod\n  manifest: |\n    kind: TrainJob\n    spec: {trainer: {numNodes: 2}}")
    #expect(block.issues == [] && block.config?.training.first?.place?.words == "TrainJob on prod")
    let build = readTemplate("jenkins: {connection: ci, job: ml/train}\nparameters: {LR: 0.1}\ngpus: 1")
    #expect(build.issues == [] && build.config?.training.first?.place?.work == .build("ml/train"))
}

@Test(
    "what is wrong with a place is said",
    arguments: [
        ("command: [x]\njob: {connection: prod, image: a}", "a template has `command` and `job`"),
        ("job: {connection: ci, image: a}", "`ci` is a connection of kind jenkins"),
        ("job: {connection: prod}", "a job has neither `manifest` nor `image`"),
        ("job: {connection: prod, manifest: {kind: Jobb}}", "the manifest's kind is `Jobb`"),
        ("job: {connection: prod, manifest: [1]}", "the manifest is no mapping"),
        ("job: {connection: prod, manifest: '{a: '}", "the manifest cannot be read"),
        ("job: {connection: prod, image: 'a:{tag}'}", "the job has {tag}, and there is no such parameter"),
        ("command: [x]\ngpu_price: cheap", "`gpu_price` is `cheap`"),
        ("directory: /x", "a template has no `command`"),
    ])
func wrongPlace(template: String, words: String) {
    let issues = readTemplate(template).issues.map(\.what)
    #expect(issues.contains { $0.hasPrefix(words) }, "\(issues)")
}
