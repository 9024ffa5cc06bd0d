/// How much of a GPU a resource is. NVIDIA's device plugin calls a slice `nvidia.com/mig-1g.10gb`, after its profile: compute
/// slices, then memory.
enum GPUSlice {
    /// Compute slices of a GPU that has them; see `fraction`.
    private static let slices = 7.0
    /// Profiles of GPUs that have four: A30, RTX PRO 6000 Blackwell.
    private static let quarters: Set<String> = ["1g.6gb", "2g.12gb", "4g.24gb", "2g.48gb", "4g.96gb"]

    /// A whole one, or its compute slices of all that the GPU has: "Fraction of SMs" in NVIDIA's Multi-Instance GPU User
    /// Guide, Supported MIG Profiles (1g is 1/7, 3g 3/7, 7g all; on an A30 1g.6gb is 1/4).
    static func fraction(_ resource: String) -> Double {
        guard let start = resource.firstRange(of: "/mig-")?.upperBound else { return 1 }
        // `1g.10gb.me` has the media engines, too; `1c.3g.20gb` is one of three compute instances of a slice.
        var parts = resource[start...].split(separator: ".").map(String.init)
        var share: Double?
        if let first = parts.first, first.hasSuffix("c"), let count = Double(first.dropLast()) {
            (share, parts) = (count, Array(parts.dropFirst()))
        }
        guard parts.count >= 2, parts[0].hasSuffix("g"), let count = Double(parts[0].dropLast()), count >= 1 else {
            return 1
        }
        let of = quarters.contains("\(parts[0]).\(parts[1])") ? 4 : slices
        return min(1, (share.map { min($0, count) } ?? count) / of)
    }

    static func gpus(of resources: [String: Int]) -> Double {
        resources.reduce(0) { $0 + fraction($1.key) * Double($1.value) }
    }
}
