import ArgumentParser

/// What `-o` takes.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable { case table, wide, json, yaml, csv }
