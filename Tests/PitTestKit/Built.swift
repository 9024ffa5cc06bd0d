import Glibc

/// What was built beside the tests.
public enum Built {
    /// The path of an executable of this package, which stands in the folder of the program that runs the tests.
    public static func executable(_ name: String) -> String {
        guard let path = realpath("/proc/self/exe", nil) else { return name }
        defer { free(path) }
        return String(cString: path).split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
    }
}
