/// All settings of an `explain` job.
public struct ExplainRequest: Sendable {
    public var input: String
    /// The output folder.
    public var output: String
    /// The window's start, in seconds since the source's first frame.
    public var start: Double
    /// The path of the raw map, if requested.
    public var rawMap: String?
    /// The path of the signed map, if requested.
    public var signedMap: String?
    /// The path of the clip as the network saw it, if requested.
    public var clip: String?
    public var sampling: SamplingRequest
    public var saliency: SaliencyRequest
    /// Further targets besides that of `saliency`, in the same format.
    public var moreTargets: [String]
    /// Whether existing files may be replaced.
    public var isReplacing: Bool

    /// The maximum number of targets; each takes about as much memory as the clip.
    public static let maximumTargets = 16

    public var targets: [String] { [saliency.target] + moreTargets }

    /// The name of each target in file names; nil if there is only one.
    var targetNames: [String?] { moreTargets.isEmpty ? [nil] : TargetNames.names(targets) }

    public init(
        input: String, output: String, start: Double = 0, rawMap: String? = nil, signedMap: String? = nil,
        clip: String? = nil, sampling: SamplingRequest = SamplingRequest(),
        saliency: SaliencyRequest = SaliencyRequest(), moreTargets: [String] = [], isReplacing: Bool = false
    ) {
        self.input = input
        self.output = output
        self.start = start
        self.rawMap = rawMap
        self.signedMap = signedMap
        self.clip = clip
        self.sampling = sampling
        self.saliency = saliency
        self.moreTargets = moreTargets
        self.isReplacing = isReplacing
    }

    /// Checks the outputs before any work starts.
    public func checkOutput() throws {
        for check in outputChecks { try check() }
    }

    /// The checks of the outputs, each of which throws `FileError` or `MediaError`.
    public var outputChecks: [() throws -> Void] {
        let maps = [rawMap, signedMap].compactMap(\.self)
        let files =
            maps.flatMap { path in targetNames.map { TargetNames.path(path, for: $0) } } + (clip.map { [$0] } ?? [])
        let folder = { try StagedFolder.check(output, isReplacing: isReplacing) }
        let distinct = { try OutputPath.checkDistinct(files) }
        return [folder, distinct]
            + files.map { path in
                {
                    try OutputPath.check(path, isReplacing: isReplacing)
                    try OutputPath.check(path, isNot: input)
                }
            }
    }
}

/// Names of targets in file names: "top1", "walking", "contrast-walking-top1".
enum TargetNames {
    private static let longest = 40

    /// Unique names for the targets, in their order.
    static func names(_ targets: [String]) -> [String] {
        var taken: Set<String> = []
        return targets.map { target in
            let plain = slug(target)
            var name = plain
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(plain)-\(number)"
                number += 1
            }
            return name
        }
    }

    /// `path` with the target's name inserted before its extension; unchanged without a name.
    static func path(_ path: String, for name: String?) -> String {
        guard let name else { return path }
        let nameStart = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let dot = path[nameStart...].dropFirst().lastIndex(of: ".") ?? path.endIndex
        return "\(path[..<dot])_\(name)\(path[dot...])"
    }

    /// Lower case letters, digits and single hyphens.
    private static func slug(_ target: String) -> String {
        let words = target.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let text = words.joined(separator: "-").prefix(longest)
        return text.isEmpty ? "target" : String(text)
    }
}
