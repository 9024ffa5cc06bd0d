/// The program's version: in the User-Agent, in `pitwall version`, in the header of what it exports.
enum Version {
    static let current = "0.1.0"
}
