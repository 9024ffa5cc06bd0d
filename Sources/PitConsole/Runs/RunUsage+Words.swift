import PitGrid
public import PitModel

extension RunUsage {
    /// `4 GPUs, 12.3 GPU hours, used 87%, cost 34.44 EUR`; what is not known is `--`. Memory and energy are told where
    /// somebody measures them: `memory 71GiB of 80GiB, 3.2 kWh`.
    public static func words(_ usage: RunUsage?) -> String {
        func figure(_ value: Double?, _ decimals: Int) -> String {
            value.map { Figures.fixed($0, decimals, trim: decimals == 1) } ?? Figures.missing
        }
        let gpus = usage?.gpus
        var words = [
            "\(figure(gpus, 1)) \(gpus == 1 ? "GPU" : "GPUs")",
            "\(Figures.short(usage?.gpuHours)) GPU hours",
        ]
        words.append("used \(Figures.percent(usage?.utilisation))")
        let currency = usage?.currency ?? ""
        words.append("cost \(figure(usage?.cost, 2))" + (currency.isEmpty ? "" : " \(currency)"))
        if let memory = usage?.memory {
            words.append("memory \(Figures.bytes(memory.used)) of \(Figures.bytes(memory.total))")
        }
        if let energy = usage?.energy { words.append("\(Figures.short(energy)) kWh") }
        return words.joined(separator: ", ")
    }
}

extension ManifestValue {
    /// What it says that matters most to who starts it: its kind, images and words, a line each.
    func outline(_ most: Int) -> [String] {
        var lines: [String] = []
        collect(&lines)
        return Array(lines.prefix(most))
    }

    private func collect(_ lines: inout [String]) {
        switch self {
        case .object(let members):
            for member in members {
                switch (member.key, member.value) {
                case ("kind", .text(let text)), ("image", .text(let text)): lines.append("\(member.key): \(text)")
                case ("command", .list(let items)), ("args", .list(let items)):
                    lines.append("\(member.key): " + items.flatMap(\.texts).joined(separator: " "))
                default: member.value.collect(&lines)
                }
            }
        case .list(let items): for item in items { item.collect(&lines) }
        case .null, .flag, .number, .text, .place: break
        }
    }
}
