import PitModel
import PitSafety

/// `manifest.json`: what was asked, what came of it, and the hash of every file.
struct DatasetManifest {
    var card: DatasetCard
    var files: [LabelFile.Written]

    var text: String {
        var json = JSONBytes(capacity: 4096)
        let options = card.options
        json.raw("{\n  \"pitwall\": ")
        json.string(options.version)
        json.raw(",\n  \"format\": ")
        json.string(card.about.id)
        json.raw(",\n  \"as_of\": ")
        json.string(card.newest?.rfc3339)
        json.raw(",\n  \"license\": ")
        json.string(options.license)
        json.raw(",\n  \"query\": {\"queue\":")
        json.string(options.queue)
        json.raw(",\"authors\":")
        json.strings(options.authors.sorted())
        json.raw(",\"adjudicators\":")
        json.strings(options.adjudicators.sorted())
        json.raw(",\"min_agree\":")
        json.integer(options.leastAgreeing)
        json.raw(",\"split\":")
        json.string(options.split.words)
        json.raw(",\"dedup\":")
        json.string(options.deduplication.words)
        json.raw(",\"redact\":")
        json.strings(options.redact.map(\.rawValue))
        json.raw("},\n  \"rubrics\": [")
        for (place, rubric) in card.rubrics.enumerated() {
            if place > 0 { json.byte(0x2C) }
            json.raw("{\"name\":")
            json.string(rubric.name)
            json.raw(",\"version\":")
            json.integer(rubric.version)
            json.byte(0x7D)
        }
        json.raw("],\n  \"items\": ")
        json.integer(card.items)
        json.raw(",\n  \"judgements\": ")
        json.integer(card.judgements)
        json.raw(",\n  \"rows\": ")
        json.integer(card.rows)
        json.raw(",\n  \"left_out\": {")
        for (place, each) in card.leftOut.all.enumerated() {
            if place > 0 { json.byte(0x2C) }
            json.string(each.reason.key)
            json.byte(0x3A)
            json.integer(each.count)
        }
        json.raw("},\n  \"files\": [")
        for (place, file) in files.sorted(by: { $0.path < $1.path }).enumerated() {
            if place > 0 { json.byte(0x2C) }
            json.raw("\n    {\"path\":")
            json.string(file.path)
            json.raw(",\"rows\":")
            json.integer(file.rows)
            json.raw(",\"bytes\":")
            json.integer(file.bytes)
            json.raw(",\"sha256\":")
            json.string(file.sha256)
            json.byte(0x7D)
        }
        json.raw("\n  ]\n}\n")
        return json.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension LeftOut.Reason {
    /// `few_agree`
    var key: String {
        rawValue.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
    }
}
