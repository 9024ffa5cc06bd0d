import PitGrid
import PitModel

/// A model's drift as a page that can be sent to somebody.
struct DriftDocument {
    let model: ModelName
    let drift: ModelDrift

    private var title: String { "Drift of \(model)" }

    private var spans: String {
        guard let current = drift.current, let reference = drift.reference else { return "Nothing to compare yet." }
        return "\(current.from.rfc3339) to \(current.to.rfc3339) against \(drift.referenceWords)"
            + " (\(reference.from.rfc3339) to \(reference.to.rfc3339))."
    }

    private var sum: String {
        let (drifted, judged, all) = (drift.drifted, drift.judged, drift.features.count)
        let rest = all - judged
        return "\(drifted) of \(judged) judged features drifted"
            + (rest > 0 ? "; \(rest) had too little data." : ".")
    }

    private static let caveat =
        "Histograms tell of lengths, truncation, the mix of finish reasons and timing; exchanges tell what texts are like "
        + "and whether they can be told apart from those before. Neither says whether an answer is right. PSI is "
        + "corrected for the bias of small samples; p-values are adjusted for the number of features "
        + "(Benjamini-Hochberg)."

    private func figures(_ feature: FeatureDrift) -> [String] {
        [
            feature.feature.title, feature.feature.source.rawValue, feature.method,
            Self.number(feature.score) + Self.words(feature.interval), Self.number(feature.limit),
            Self.number(feature.pValue), "\(Int(min(feature.referenceCount, 1e15)))",
            "\(Int(min(feature.currentCount, 1e15)))",
            feature.verdict.key + (feature.why.isEmpty ? "" : ": \(feature.why)"),
        ]
    }

    private static let heads = [
        "Feature", "From", "Method", "Score", "Limit", "p (adjusted)", "n reference", "n current", "Verdict",
    ]

    private static func words(_ interval: ClosedRange<Double>?) -> String {
        interval.map { " [\(Figures.short($0.lowerBound)), \(Figures.short($0.upperBound))]" } ?? ""
    }

    private static func number(_ value: Double?) -> String { value.map { Figures.short($0) } ?? "--" }

    var markdown: String {
        var text = "# \(Self.plain(title))\n\n\(spans)\n\n\(sum)\n\n"
        text += "| " + Self.heads.joined(separator: " | ") + " |\n"
        text += "|" + Self.heads.map { _ in "---" }.joined(separator: "|") + "|\n"
        for feature in drift.features {
            text +=
                "| " + figures(feature).map { Self.plain($0).replacing("|", with: "\\|") }.joined(separator: " | ")
                + " |\n"
        }
        for feature in drift.features where feature.verdict == .drifted {
            text += "\n## \(Self.plain(feature.feature.title))\n\n| Bucket | Reference | Current |\n|---|---|---|\n"
            for bucket in feature.buckets {
                text +=
                    "| \(Self.plain(Self.name(bucket)).replacing("|", with: "\\|")) | \(Figures.percent(bucket.reference)) | \(Figures.percent(bucket.current)) |\n"
            }
        }
        return text + "\n\(Self.caveat)\n"
    }

    var html: String {
        var text = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(Self.escape(title))</title>
            <style>
            body { font: 15px/1.4 system-ui, sans-serif; margin: 2em; max-width: 70em }
            table { border-collapse: collapse } td, th { padding: .2em .8em; text-align: left; border-bottom: 1px solid #ccc }
            .drifted { font-weight: bold } .bar { height: .7em; display: inline-block } .was { background: #999 }
            .is { background: #c60 }
            </style></head><body>
            <h1>\(Self.escape(title))</h1><p>\(Self.escape(spans))</p><p>\(Self.escape(sum))</p>
            <table><tr>\(Self.heads.map { "<th>\($0)</th>" }.joined())</tr>

            """
        for feature in drift.features {
            text += "<tr class=\"\(feature.verdict.key)\">"
            text += figures(feature).map { "<td>\(Self.escape($0))</td>" }.joined() + "</tr>\n"
        }
        text += "</table>\n"
        for feature in drift.features where feature.verdict != .notEnoughData {
            text += "<h2>\(Self.escape(feature.feature.title))</h2>\n<table><tr><th>Bucket</th><th>Reference</th>"
            text += "<th>Current</th></tr>\n"
            for bucket in feature.buckets {
                text += "<tr><td>\(Self.escape(Self.name(bucket)))</td>"
                text += Self.bar(bucket.reference, "was") + Self.bar(bucket.current, "is") + "</tr>\n"
            }
            text += "</table>\n"
        }
        return text + "<p>\(Self.caveat)</p>\n</body></html>\n"
    }

    private static func bar(_ share: Double, _ kind: String) -> String {
        let width = Figures.fixed(min(1, max(0, share)) * 20, 2)
        return "<td><span class=\"bar \(kind)\" style=\"width:\(width)em\"></span> \(Figures.percent(share))</td>"
    }

    private static func name(_ bucket: DriftBucket) -> String {
        bucket.upper.map { $0.isFinite ? "up to \(Figures.short($0))" : "more" } ?? bucket.name
    }

    /// Whatever a server named, in one line.
    private static func plain(_ text: String) -> String { SafeText(text).description }

    private static func escape(_ text: String) -> String {
        plain(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
