/// Two sorted samples walked through side by side: what the Kolmogorov-Smirnov and Wasserstein distances are read from.
enum SampleMerge {
    /// The largest distance between the two distribution functions, times n and m: a whole number.
    static func supremum(_ a: OrderedValues, _ b: OrderedValues) -> Int {
        switch (a.storage, b.storage) {
        case (.whole(let x, let p), .whole(let y, let q)) where p == q: supremum(x, y)
        case (.real(let x), .real(let y)): supremum(x, y)
        default: supremum(a.values, b.values)
        }
    }

    /// The area between the two distribution functions.
    static func area(_ a: OrderedValues, _ b: OrderedValues) -> Double {
        switch (a.storage, b.storage) {
        case (.whole(let x, let p), .whole(let y, let q)) where p == q:
            area(x, y) { Double(Int($1) - Int($0)) } / OrderedValues.tens[p]
        case (.real(let x), .real(let y)): area(x, y) { $1 - $0 }
        default: area(a.values, b.values) { $1 - $0 }
        }
    }

    @inline(__always)
    private static func supremum<T: Comparable>(_ a: [T], _ b: [T]) -> Int {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                let (n, m) = (a.count, b.count)
                guard n > 0, m > 0 else { return 0 }
                var (i, j, rest, most) = (0, 0, 0, 0)
                var (x, y) = (a[0], b[0])
                while true {
                    let (takesA, takesB) = (x <= y, y <= x)
                    let here = takesA ? x : y
                    i += takesA ? 1 : 0
                    j += takesB ? 1 : 0
                    rest += (takesA ? m : 0) - (takesB ? n : 0)
                    guard i < n, j < m else {
                        // One side is over: what equals the last value still counts there, and then only falls.
                        while i < n, a[i] == here {
                            i += 1
                            rest += m
                        }
                        while j < m, b[j] == here {
                            j += 1
                            rest -= n
                        }
                        return max(most, abs(rest))
                    }
                    x = a[i]
                    y = b[j]
                    // Inside a run of equal values the functions are not defined yet.
                    let isOver = x > here && y > here
                    most = max(most, isOver ? abs(rest) : 0)
                }
            }
        }
    }

    @inline(__always)
    private static func area<T: Comparable>(_ a: [T], _ b: [T], _ distance: (T, T) -> Double) -> Double {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                let (n, m) = (a.count, b.count)
                guard n > 0, m > 0 else { return .nan }
                var (i, j, rest, sum) = (0, 0, 0, 0.0)
                var (x, y) = (a[0], b[0])
                var here = x <= y ? x : y
                while true {
                    let takesA = x <= y
                    i += takesA ? 1 : 0
                    j += takesA ? 0 : 1
                    rest += takesA ? m : -n
                    guard i < n, j < m else { break }
                    x = a[i]
                    y = b[j]
                    let next = x <= y ? x : y
                    sum += Double(abs(rest)) * distance(here, next)
                    here = next
                }
                while i < n {
                    sum += Double(abs(rest)) * distance(here, a[i])
                    here = a[i]
                    rest += m
                    i += 1
                }
                while j < m {
                    sum += Double(abs(rest)) * distance(here, b[j])
                    here = b[j]
                    rest -= n
                    j += 1
                }
                return sum / (Double(n) * Double(m))
            }
        }
    }
}
