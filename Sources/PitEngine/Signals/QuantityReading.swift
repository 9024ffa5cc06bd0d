import PitModel
import PitStatistics

/// The raw quantities of one replica, or of a whole model, at one moment.
struct QuantityReading {
    /// Gauges, merged as their source says.
    var gauges: [Quantity: Double] = [:]
    /// Counters, as a rate per second.
    var rates: [Quantity: Double] = [:]
    /// Histograms, as a rate per second of each bucket, cumulative, by upper edge, ascending.
    var buckets: [Quantity: [Bucket]] = [:]
    var sums: [Quantity: Double] = [:]
    var counts: [Quantity: Double] = [:]

    /// The signals that follow from the quantities. What cannot be known is absent.
    var signals: [Signal: Measure] {
        var result: [Signal: Measure] = [:]
        func set(_ signal: Signal, _ value: Double?) {
            if let value, value.isFinite { result[signal] = Measure(value) }
        }
        set(.running, gauges[.running])
        set(.waiting, gauges[.waiting])
        set(.kvCacheUse, gauges[.kvCacheUse])
        set(.gpuUse, gauges[.gpuUse])
        set(.gpuPower, gauges[.gpuPower])
        set(.gpuTemperature, gauges[.gpuTemperature])
        set(.gpuMemoryUse, gpuMemoryUse)
        set(.prefixHitRatio, ratio(rates[.prefixHits], rates[.prefixQueries]) ?? gauges[.prefixHitRatio])
        set(.preemptionRate, rates[.preemptions])
        set(.promptTokenRate, rates[.promptTokens] ?? sums[.promptLength])
        set(.generationTokenRate, rates[.generationTokens] ?? sums[.generationLength])
        let requests = rates[.requests] ?? counts[.e2e] ?? counts[.ttft]
        set(.requestRate, requests)
        if let failures = rates[.failures], let requests {
            set(.errorRatio, ratio(min(failures, max(requests, failures)), max(requests, failures)))
        }
        set(.promptLengthMean, ratio(sums[.promptLength], counts[.promptLength]))
        set(.generationLengthMean, ratio(sums[.generationLength], counts[.generationLength]))
        quantiles(.ttft, [(0.5, .ttftP50), (0.95, .ttftP95), (0.99, .ttftP99)], &result)
        quantiles(.itl, [(0.5, .itlP50), (0.95, .itlP95), (0.99, .itlP99)], &result)
        quantiles(.e2e, [(0.5, .e2eP50), (0.95, .e2eP95), (0.99, .e2eP99)], &result)
        quantiles(.queueTime, [(0.95, .queueTimeP95)], &result)
        quantiles(.prefillTime, [(0.95, .prefillTimeP95)], &result)
        return result
    }

    private var gpuMemoryUse: Double? {
        guard let used = gauges[.gpuMemoryUsed] else { return nil }
        return ratio(used, gauges[.gpuMemoryTotal] ?? gauges[.gpuMemoryFree].map { used + $0 })
    }

    private func ratio(_ part: Double?, _ whole: Double?) -> Double? {
        guard let part, let whole, whole > 0 else { return nil }
        return part / whole
    }

    private func quantiles(_ quantity: Quantity, _ wanted: [(Double, Signal)], _ result: inout [Signal: Measure]) {
        guard let sorted = buckets[quantity] else { return }
        for (q, signal) in wanted {
            if let measure = HistogramQuantile.quantile(q, sorted), measure.value.isFinite { result[signal] = measure }
        }
    }
}
