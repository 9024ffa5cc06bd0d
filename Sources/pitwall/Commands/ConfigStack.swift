import PitConfig

/// A configuration and what was put together by it.
struct ConfigStack: Sendable {
    let config: Config
    let stack: Stack
}
