import Glibc

/// Random strings through the sanitizer, the frame, the difference of two frames and the bytes for a terminal.
@main
struct Strings {
    static func main() {
        let count = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 0 : 0
        guard count > 0 else { fatalError("how many strings?") }
        let checked = HostileFrames.check(strings: count, seed: 1) { done in
            guard done % 1_000_000 == 0 else { return }
            print("\(done) strings")
            fflush(nil)
        }
        if let fault = checked.fault { fatalError(fault) }
        print(
            "\(count) strings, \(checked.bytes) bytes of them; \(checked.streamBytes) bytes to the terminal: all as meant"
        )
    }
}
