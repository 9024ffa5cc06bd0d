public import PitModel
import PitParse

/// Any page in the Prometheus text format or OpenMetrics: an inference server's own `/metrics`, an exporter.
public struct MetricsConnector: Connector, PageIdentifying {
    public static let about = ConnectorInfo(
        id: "metrics", title: "Metrics page",
        summary: "scrapes a /metrics page (vLLM, SGLang, TGI, llama.cpp, Triton, DCGM, any exporter)",
        usualPorts: [8000, 8080, 30000, 8002, 9400],
        options: [
            OptionInfo(
                "path", .text, help: "when the page is not at /metrics or at the url's own path",
                example: "/prometheus/metrics"),
            OptionInfo("profile", .text, help: "how its names are read; detected without it", example: "vllm"),
        ])

    /// Samples of a page that are read; more are counted. What one server says of itself is never that much.
    public static let mostSeries = 100_000

    private static let accept =
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"

    private let http: any HTTP
    private let path: String

    public init(_ connection: Connection, http: any HTTP) {
        self.http = http
        let rest = connection.url.split(separator: "://", maxSplits: 1).last.map { $0.drop { $0 != "/" } } ?? ""
        path = connection.options["path"]?.text ?? (rest.isEmpty || rest == "/" ? "/metrics" : "")
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        identity(of: try await readPage())
    }

    public func identity(of page: MetricsPage) -> Identity {
        let profile = ProfileDetection.detect(page, among: profileCatalog)
        return Identity(
            product: profile?.title ?? "metrics page", version: version(page), detail: "\(page.rows.count) samples")
    }

    public func readMetrics(_ selectors: [String]) async throws(ConnectorFault) -> MetricsBatch {
        .page(try await readPage())
    }

    private func readPage() async throws(ConnectorFault) -> MetricsPage {
        let reply = try await http.send(HTTPRequest(.get, path, headers: [("Accept", Self.accept)]))
        if reply.status == 501 { throw .rejected("this server serves no metrics; llama.cpp needs --metrics") }
        let good = try reply.success()
        let type = good.header("content-type")?.lowercased()
        if ExpositionParser.looksLikeHTML(good.body) || type?.hasPrefix("text/html") == true {
            throw .notWhatItSays(expected: "a metrics page", got: "a web page")
        }
        let first = good.body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D }
        if type?.hasPrefix("application/json") == true || first == 0x5B || (first == 0x7B && type == nil) {
            throw .notWhatItSays(expected: "a metrics page", got: "JSON")
        }
        var page = ExpositionParser.parse(good.body, contentType: type, withFamilies: false, limit: Self.mostSeries)
        if page.rows.isEmpty, page.badLineCount > 0 {
            throw .notWhatItSays(expected: "a metrics page", got: JSONReply.shape(good))
        }
        if page.leftOut == 0 { page.room = good.room }
        return page
    }

    private func version(_ page: MetricsPage) -> String? {
        for row in page.rows where row.length < 4096 {
            let start = Int(row.start)
            let name = page.bytes[start..<start + Int(row.length)].prefix { $0 != 0x7B && $0 != 0x20 }
            guard name.ends(with: "build_info") || name.ends(with: "_version_info") else { continue }
            if let version = page.key(of: row)?["version"] { return version }
        }
        return nil
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
