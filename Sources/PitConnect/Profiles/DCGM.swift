import PitModel

extension MetricProfile {
    /// NVIDIA's DCGM exporter: percents and MiB become ratios and bytes.
    static let dcgm = MetricProfile(
        id: "dcgm", title: "DCGM exporter", detect: ["DCGM_FI_"], startTime: [],
        sources: [
            QuantitySource(.gpuUse, .gauge, ["DCGM_FI_DEV_GPU_UTIL"], scale: 0.01, merge: .mean),
            QuantitySource(.gpuMemoryUsed, .gauge, ["DCGM_FI_DEV_FB_USED"], scale: 1_048_576),
            QuantitySource(.gpuMemoryFree, .gauge, ["DCGM_FI_DEV_FB_FREE"], scale: 1_048_576),
            QuantitySource(.gpuPower, .gauge, ["DCGM_FI_DEV_POWER_USAGE"]),
            QuantitySource(.gpuTemperature, .gauge, ["DCGM_FI_DEV_GPU_TEMP"], merge: .max),
        ])
}
