// PitStatistics
