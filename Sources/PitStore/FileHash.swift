import Crypto
public import Foundation

/// What a file holds, in 64 digits.
public enum FileHash {
    /// Its SHA-256 in hexadecimal digits.
    public static func of(_ bytes: Data) -> String { Data(SHA256.hash(data: bytes)).hexText }
}
