/// The parts of a regular expression.
indirect enum PatternNode: Sendable {
    case empty
    case one(ScalarSet)
    case start, end, boundary, noBoundary
    case sequence([PatternNode])
    case choice([PatternNode])
    /// At least `min` times and at most `max` times; nil is without end.
    case repeated(PatternNode, min: Int, max: Int?)
}
