extension Incident.Chart {
    private static let (width, height, left, bottom) = (720.0, 180.0, 56.0, 22.0)

    /// The chart as a picture (SVG 1.1): the line broken where nothing was known, the promise dashed, a stroke where
    /// something happened.
    public var svg: String {
        let known = known
        let top = max(known.max() ?? 0, limit ?? 0)
        let scale = top > 0 ? top * 1.05 : 1
        let (right, floor) = (Self.width - 8, Self.height - Self.bottom)
        func x(_ place: Double) -> Double {
            Self.left + (right - Self.left) * place / Double(max(1, values.count - 1))
        }
        func y(_ value: Double) -> Double { floor - (floor - 24) * min(1, max(0, value / scale)) }
        var parts = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Self.figure(Self.width))\" height=\"\(Self.figure(Self.height))\" "
                + "font-family=\"sans-serif\" font-size=\"11\"><title>\(Self.escaped(title))</title>",
            "<text x=\"4\" y=\"14\" font-weight=\"bold\">\(Self.escaped(title))</text>",
            "<path d=\"M\(Self.figure(Self.left)) 24V\(Self.figure(floor))H\(Self.figure(right))\" fill=\"none\" stroke=\"#999\"/>",
            "<text x=\"4\" y=\"\(Self.figure(y(top)))\">\(Self.short(top))</text>",
            "<text x=\"4\" y=\"\(Self.figure(floor))\">0</text>",
            "<text x=\"\(Self.figure(Self.left))\" y=\"\(Self.figure(Self.height - 6))\">\(Self.clock(start))</text>",
        ]
        let end = start.advanced(by: step * Double(max(0, values.count - 1)))
        parts.append(
            "<text x=\"\(Self.figure(right))\" y=\"\(Self.figure(Self.height - 6))\" text-anchor=\"end\">\(Self.clock(end))</text>"
        )
        if let limit {
            parts.append(
                "<path d=\"M\(Self.figure(Self.left)) \(Self.figure(y(limit)))H\(Self.figure(right))\" stroke=\"#c60\" stroke-dasharray=\"4 3\"/>"
            )
        }
        var (path, isDown) = ("", false)
        for (place, value) in values.enumerated() {
            guard let value, value.isFinite else {
                isDown = false
                continue
            }
            path += "\(isDown ? "L" : "M")\(Self.figure(x(Double(place)))) \(Self.figure(y(value)))"
            isDown = true
        }
        if !path.isEmpty {
            parts.append(
                "<path d=\"\(path)\" fill=\"none\" stroke=\"#06c\" stroke-width=\"1.5\" stroke-linecap=\"round\"/>")
        }
        for mark in marks where mark.at >= start && mark.at <= end && step > 0 {
            let place = Self.figure(x(mark.at.since(start) / step))
            parts.append(
                "<path d=\"M\(place) 24V\(Self.figure(floor))\" stroke=\"#c00\"><title>\(Self.escaped(mark.words))</title></path>"
            )
        }
        return parts.joined(separator: "\n") + "\n</svg>"
    }

    private static func figure(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    }

    private static func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
    private static func clock(_ at: Timestamp) -> String { String(at.rfc3339.dropFirst(11).prefix(5)) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
