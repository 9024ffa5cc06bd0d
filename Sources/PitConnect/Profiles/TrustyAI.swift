import PitModel

extension MetricProfile {
    /// The TrustyAI service, which publishes the drift and bias that it was told to compute: `trustyai_` and the metric's
    /// name, of the service written in Java and of the one in Python.
    static let trustyAI = MetricProfile(
        id: "trustyai", title: "TrustyAI service", detect: ["trustyai_"], startTime: [],
        sources: [
            QuantitySource(
                .serviceStatistic, .gauge,
                [
                    "trustyai_meanshift", "trustyai_kstest", "trustyai_approxkstest", "trustyai_fouriermmd",
                    "trustyai_spd", "trustyai_dir", "trustyai_comparemeans", "trustyai_ksteststreaming",
                    "trustyai_jensenshannon", "trustyai_mmd",
                ], merge: .max)
        ])
}
