import PitModel

/// What people judged of what each model serves now.
@Sendable func publishQuality(_ published: Published, _ writer: inout OpenMetricsWriter) {
    let known = published.snapshot.models.map { ($0.name.description, published.snapshot.quality(of: $0).metrics) }
    for (name, help) in [
        ("pitwall_label_good_ratio", "Share of judged answers of the present release that people found good."),
        ("pitwall_label_good_ratio_low", "The lower end of its 95 % interval."),
        ("pitwall_label_good_ratio_high", "The upper end of its 95 % interval."),
        ("pitwall_labels_judged", "Judgements of the present release's answers."),
        ("pitwall_other_release_good_ratio_low", "The lower end for the release before, else the one judged most."),
        ("pitwall_release_win_ratio", "How likely an answer of the present release is preferred to another's."),
        ("pitwall_release_win_ratio_low", "The lower end of its 95 % interval."),
        ("pitwall_release_win_ratio_high", "The upper end of its 95 % interval."),
    ] {
        writer.family(
            name, .gauge, help: help,
            known.compactMap { model, metrics in
                metrics.first { $0.name == name }.map { .init([("model", model)], $0.value) }
            })
    }
}
