/// Probabilities of several tests at once, adjusted so that the share of false discoveries is bounded.
public enum BenjaminiHochberg {
    /// Adjusted p-values in the order given (Benjamini and Hochberg, 1995), as `scipy.stats.false_discovery_control`.
    public static func adjusted(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var result = values
        var least = 1.0
        for (place, index) in order.enumerated().reversed() {
            least = min(least, values[index] * Double(values.count) / Double(place + 1))
            result[index] = least
        }
        return result
    }
}
