import PitModel
import PitParse
import PitStatistics
import PitStore

extension Engine {
    /// Keeps everything that a poll brought.
    func ingest(_ outcome: PollOutcome, _ index: Int) {
        switch outcome.metrics {
        case .page(let page): ingest(page, index, at: outcome.began)
        case .samples(let samples, let warnings):
            servers[index].state.warnings = warnings
            ingest(samples, index, at: outcome.began)
        case nil: break
        }
        if let alerts = outcome.alerts { ingest(alerts: alerts, index) }
        if let silences = outcome.silences { ingest(silences: silences, index) }
        if let exchanges = outcome.exchanges { ingest(exchanges, index) }
        if let deployments = outcome.deployments { ingest(deployments: deployments, index) }
        if let runs = outcome.pipelineRuns { note(ends: runs, index, outcome.began) }
        if let health = outcome.health { servers[index].health = health }
        if let probe = outcome.probe { servers[index].probe = probe }
    }

    private func ingest(_ page: MetricsPage, _ index: Int, at: Timestamp) {
        let name = servers[index].server.connection.name
        servers[index].state.badLineCount = page.badLineCount
        servers[index].state.badLines = Array(page.badLines.prefix(20))
        if servers[index].target.isStale { forgetSeries(of: index) }
        if servers[index].detected == nil {
            servers[index].detected = ProfileDetection.detect(page, among: settings.profiles)
            forgetSeries(of: index)
        }
        let target = servers[index].target
        let kept = target.take(page, at: at, registry(index, source: { name.description }))
        if target.generation == 1 {
            keep {
                let from = max(pastBegins, at.advanced(by: -target.past.retention))
                target.preload(try store.columns(source: name.description, target.watched, from: from, to: at))
            }
        }
        keep {
            try store.append(source: name.description, at: at, ids: kept.ids, values: kept.values)
            if target.generation == 1 { try store.flushNames() }
        }
        if target.generation > 1, kept.resets > 0 {
            note([event(.restart, index, "\(name) restarted (\(kept.resets) counters began anew)")])
        }
        if target.leftOut > 0 {
            servers[index].state.warnings = ["\(target.leftOut) series were left out: there are too many"]
        } else if !servers[index].state.warnings.isEmpty {
            servers[index].state.warnings = []
        }
    }

    private func ingest(_ samples: [Sample], _ index: Int, at: Timestamp) {
        let name = servers[index].server.connection.name
        if servers[index].target.isStale { forgetSeries(of: index) }
        if servers[index].detected == nil, !samples.isEmpty {
            servers[index].detected = ProfileDetection.detect(Set(samples.map(\.series.name)), among: settings.profiles)
            forgetSeries(of: index)
        }
        let target = servers[index].target
        // Another server scrapes its targets at times of their own: each target is a source of its own.
        var columns: [String: [Timestamp: [(SeriesID, Double)]]] = [:]
        var current = ""
        target.take(
            samples, at: at, registry(index, source: { current }),
            before: { sample in
                current = "\(name)|\(sample.series["instance"] ?? "")"
            }
        ) { id, value, moment in
            columns[current, default: [:]][moment, default: []].append((id, value))
        }
        for (source, moments) in columns {
            for (moment, values) in moments.sorted(by: { $0.key < $1.key }) {
                keep { try store.append(source: source, at: moment, values) }
            }
        }
    }

    /// Which series a server has is found out anew.
    private func forgetSeries(of index: Int) {
        rules.forget(servers[index].target)
        servers[index].rebind()
        for model in servers[index].models where model < models.count { models[model].unbind(index) }
    }

    private func binders(for index: Int) -> [(model: Int, binder: SeriesBinder)] {
        let name = servers[index].server.connection.name
        return servers[index].models.flatMap { model in
            models[model].config.metrics.filter { $0.connection == name }.compactMap { binding in
                let profile = binding.profile ?? servers[index].server.connection.options["profile"]?.text
                let found = profile.flatMap { id in settings.profiles.first { $0.id == id } } ?? servers[index].detected
                return found.map {
                    (model, SeriesBinder(profile: $0, matching: binding.matching, model: models[model].config.name))
                }
            }
        }
    }

    /// Gives new series their numbers in the store, and binds them to the models that they feed.
    private func registry(_ index: Int, source: @escaping () -> String) -> TargetSeries.Registry {
        let name = servers[index].server.connection.name
        // Most readings bring nothing new.
        lazy var binders = binders(for: index)
        // Pages of two replicas may have the very same series.
        let isPage = servers[index].server.readsWholePages
        return TargetSeries.Registry(
            identify: { key in
                var id: SeriesID?
                self.keep {
                    do throws(StoreFault) {
                        id = try self.store.seriesID(for: key, source: source())
                    } catch .tooManySeries {
                        // The connection says how many were left out; the store is well.
                    }
                }
                return id
            },
            bind: { key, slot in
                var watched = false
                for (model, binder) in binders {
                    let places = binder.bind(key, slot: slot, connection: name, otherModels: binders.count > 1)
                    guard !places.isEmpty else { continue }
                    for place in places { self.models[model].bound[index, default: FeedPlan()].add(place) }
                    watched = true
                }
                guard self.rules.names(key.name) else { return watched }
                let target = self.servers[index].target
                let isRuled = self.rules.bind(
                    key, target, slot, of: name, extra: isPage ? ["connection": name.description] : [:])
                return watched || isRuled
            })
    }
}
