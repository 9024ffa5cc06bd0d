import PitStatistics
import Testing

@Test("a burn rate is the bad share over the allowed share")
func burnRate() {
    #expect(isNear(ErrorBudget.burnRate(bad: 1, total: 1000, objective: 0.999), 1))
    #expect(isNear(ErrorBudget.burnRate(bad: 14.4, total: 1000, objective: 0.999), 14.4))
    #expect(ErrorBudget.burnRate(bad: 0, total: 10, objective: 0.99) == 0)
    #expect(isNear(ErrorBudget.burnRate(bad: 10, total: 10, objective: 0.5), 2))
    // What is missing stays missing.
    for (bad, total, objective) in [
        (1, 0, 0.9), (.nan, 5, 0.9), (1, .nan, 0.9), (1, .infinity, 0.9), (1, 5, 1), (1, 5, -0.1), (1, 5, .nan),
    ]
        as [(Double, Double, Double)]
    {
        #expect(ErrorBudget.burnRate(bad: bad, total: total, objective: objective) == nil)
    }
}

@Test("both windows of a pair must burn")
func speeds() {
    func speed(_ hour: Double?, _ five: Double?, _ six: Double?, _ thirty: Double?) -> ErrorBudget.Speed? {
        ErrorBudget.speed(hour: hour, fiveMinutes: five, sixHours: six, thirtyMinutes: thirty)
    }
    #expect(speed(15, 20, 1, 1) == .fast)
    #expect(speed(15, 1, 1, 1) == nil)
    #expect(speed(1, 20, 1, 1) == nil)
    #expect(speed(15, 20, 7, 7) == .fast)
    #expect(speed(15, nil, 7, 6) == .slow)
    #expect(speed(14.3, 20, 6, 5.9) == nil)
    #expect(speed(nil, nil, nil, nil) == nil)
}

@Test("what is left of a budget is never less than nothing")
func budgetLeft() {
    #expect(isNear(ErrorBudget.left(badShare: 0.0005, objective: 0.999), 0.5))
    #expect(ErrorBudget.left(badShare: 0.5, objective: 0.999) == 0)
    #expect(ErrorBudget.left(badShare: 0, objective: 0.999) == 1)
    #expect(ErrorBudget.left(badShare: .nan, objective: 0.999) == nil)
    #expect(ErrorBudget.left(badShare: 0.1, objective: 1) == nil)
}
