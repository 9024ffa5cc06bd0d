import PitModel
import PitParse
import Testing

private let recorded = ["vllm.txt", "llama-cpp.txt", "kserve.txt", "litellm.txt", "federate.txt"]

/// The lines of a page that hold a sample.
private func sampleLines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
}

@Test("recorded pages of real servers are read to the last line", arguments: recorded)
func recordedPages(name: String) throws {
    let bytes = try fixture(name)
    let read = ExpositionParser.parse(bytes, contentType: "text/plain; version=0.0.4")
    let lines = sampleLines(bytes)
    #expect(read.badLines == [])
    #expect(read.rows.count == lines.count)
    for (line, sample) in zip(lines, read.samples) {
        // An independent reading: the value is what stands after the last brace or the first blank.
        let tail = line[(line.lastIndex(of: "}") ?? line.firstIndex(of: " ") ?? line.startIndex)...].dropFirst()
        let words = tail.split(separator: " ")
        #expect(Double(words[0].replacing("Inf", with: "inf"))?.description == sample.value.description, "\(line)")
        #expect(words.dropFirst().first.flatMap { Int64($0) } == sample.timestamp?.milliseconds, "\(line)")
        #expect(line.hasPrefix(sample.series.name))
        #expect(sample.series.labels.allSatisfy { line.contains("\($0.name)=\"\(SeriesText.escape($0.value))\"") })
    }
    #expect(
        read.families.count
            == String(decoding: bytes, as: UTF8.self).split(separator: "\n").count {
                $0.hasPrefix("# TYPE")
            })
}

@Test("the profile of a recorded page is found")
func profileOfPage() throws {
    let profiles = [
        MetricProfile(id: "sglang", title: "SGLang", detect: ["sglang:"], sources: []),
        MetricProfile(id: "vllm", title: "vLLM", detect: ["vllm:"], sources: []),
    ]
    let names = Set(ExpositionParser.parse(try fixture("vllm.txt")).samples.map(\.series.name))
    #expect(ProfileDetection.detect(names, among: profiles)?.id == "vllm")
    #expect(ProfileDetection.detect(["ray_vllm_num_requests_running"], among: profiles)?.id == "vllm")
    #expect(ProfileDetection.detect(["up"], among: profiles) == nil)
}

@Test("a mutated page costs no more than the lines touched", arguments: recorded)
func mutatedPages(name: String) throws {
    let bytes = Array(try fixture(name).prefix(8000))
    let good = ExpositionParser.parse(bytes, contentType: "text/plain").rows.count
    var random = Seeded(state: 91)
    for _ in 0..<100 {
        var mutated = bytes
        var touched = 0
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0..<mutated.count, using: &random)
            let was = mutated[at]
            mutated[at] = UInt8.random(in: 0...255, using: &random)
            touched += was == 10 ? 2 : 1
        }
        let read = ExpositionParser.parse(mutated, contentType: "text/plain")
        #expect(read.rows.count >= good - touched)
        #expect(read.rows.count <= good + touched)
        for sample in read.samples { #expect(!sample.series.name.isEmpty) }
        #expect(Array(read.samples).count == read.rows.count, "a row without a key")
        _ = ExpositionParser.parse(mutated, contentType: "application/openmetrics-text")
        // A page that is cut anywhere gives the lines before the cut.
        let cut = mutated.prefix(Int.random(in: 0...mutated.count, using: &random))
        let lines = cut.count { $0 == 10 }
        let half = ExpositionParser.parse(Array(cut), contentType: "text/plain")
        #expect(half.rows.count <= lines + 1)
        #expect(zip(half.rows.dropLast(), read.rows).allSatisfy { $0.start == $1.start && $0.length == $1.length })
    }
}
