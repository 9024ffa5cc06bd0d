import Foundation
import PitModel

/// The folders that pitwall uses (XDG Base Directory Specification).
struct Places {
    let environment: [String: String]
    /// In place of the usual one.
    private let ownState: String?

    init(_ environment: [String: String] = ProcessInfo.processInfo.environment, state: String? = nil) {
        (self.environment, ownState) = (environment, state)
    }

    private var home: String { environment["HOME"] ?? NSHomeDirectory() }

    private func folder(_ variable: String, _ fallback: String) -> String {
        let set = environment[variable] ?? ""
        return (set.hasPrefix("/") ? set : "\(home)/\(fallback)") + "/pitwall"
    }

    var config: String { folder("XDG_CONFIG_HOME", ".config") }
    var state: String { ownState ?? folder("XDG_STATE_HOME", ".local/state") }
    var configFile: String { config + "/config.yaml" }
    var themes: String { config + "/themes" }

    /// Who acts when the configuration does not say.
    var author: String {
        if let name = environment["USER"] ?? environment["LOGNAME"], !name.isEmpty { return name }
        guard let entry = getpwuid(getuid()) else { return "uid \(getuid())" }
        return String(cString: entry.pointee.pw_name)
    }
}

/// The clock on the wall.
struct SystemClock: WallClock {
    func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Seconds that local time is east of UTC now.
    static var utcOffset: Int {
        var now = time(nil)
        var local = tm()
        localtime_r(&now, &local)
        return local.tm_gmtoff
    }
}
