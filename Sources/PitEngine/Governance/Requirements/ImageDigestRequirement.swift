import PitModel

/// The image that serves it is named by its digest: what a tag means can change.
struct ImageDigestRequirement: ReviewRequirement {
    static let about = RequirementInfo(
        id: "image_digest", summary: "the image that serves it is named by its sha256 digest",
        options: [OptionInfo("tag", .text, help: "the version's tag that names the image", example: "image")])
    static let names = ["image", "container_image", "image_digest", "serving_image"]

    private let tags: [String]

    init(_ options: [String: OptionValue]) throws(RequirementFault) {
        tags = options["tag"]?.text.map { [$0] } ?? Self.names
    }

    func check(_ evidence: ReviewEvidence) -> RequirementFinding {
        if let found = evidence.card.tag(tags) {
            return Self.isPinned(found.value)
                ? RequirementFinding(.met, "\(found.name) is \(found.value)")
                : RequirementFinding(.missing, "\(found.name) is \(found.value), without a sha256 digest")
        }
        let images = evidence.serving.flatMap(\.artifacts).filter { $0.kind == .image }
        guard !images.isEmpty else {
            return RequirementFinding(.missing, "no tag \(tags[0]) names an image, and none is seen to serve it")
        }
        let loose = images.filter { !Self.isPinned($0.value) && !($0.digest.map(Self.isPinned) ?? false) }
        return loose.isEmpty
            ? RequirementFinding(.met, "every image that serves it has its digest")
            : RequirementFinding(.missing, "\(loose[0].value) has no digest")
    }

    /// Whether there is a whole SHA-256 in it, `sha256:` and 64 hex digits.
    static func isPinned(_ text: String) -> Bool {
        guard let mark = text.firstRange(of: "sha256:") else { return false }
        let digits = text[mark.upperBound...].prefix { $0.isASCII && $0.isHexDigit }
        return digits.count == 64
    }
}
