/// Everything `explain` is asked for.
public struct ExplainRequest: Sendable {
    public var input: String
    /// The folder to write.
    public var output: String
    /// Where the window begins, in seconds since the source's first frame.
    public var start: Double
    /// Where the raw map goes, if it is wanted.
    public var rawMap: String?
    /// Where the map with its signs goes, if it is wanted.
    public var signedMap: String?
    public var sampling: SamplingRequest
    public var saliency: SaliencyRequest
    /// What is explained beside the request's own target, in the form of that one.
    public var moreTargets: [String]
    /// Whether existing files may be replaced.
    public var isReplacing: Bool

    /// Each takes about as much memory as the clip.
    public static let maximumTargets = 16

    public var targets: [String] { [saliency.target] + moreTargets }

    /// What each target is called in the names of files; nil where there is only one.
    var targetNames: [String?] { moreTargets.isEmpty ? [nil] : TargetNames.names(targets) }

    public init(
        input: String, output: String, start: Double = 0, rawMap: String? = nil, signedMap: String? = nil,
        sampling: SamplingRequest = SamplingRequest(), saliency: SaliencyRequest = SaliencyRequest(),
        moreTargets: [String] = [], isReplacing: Bool = false
    ) {
        self.input = input
        self.output = output
        self.start = start
        self.rawMap = rawMap
        self.signedMap = signedMap
        self.sampling = sampling
        self.saliency = saliency
        self.moreTargets = moreTargets
        self.isReplacing = isReplacing
    }

    /// Refuses before any work what could only fail after it.
    public func checkOutput() throws {
        for check in outputChecks { try check() }
    }

    /// What is looked at of each output, one by one; each throws `FileError` or `MediaError`.
    public var outputChecks: [() throws -> Void] {
        let maps = [rawMap, signedMap].compactMap(\.self)
        let files = maps.flatMap { path in targetNames.map { TargetNames.path(path, for: $0) } }
        let folder = { try StagedFolder.check(output, isReplacing: isReplacing) }
        let distinct = { try OutputPath.checkDistinct(maps) }
        return [folder, distinct]
            + files.map { path in
                {
                    try OutputPath.check(path, isReplacing: isReplacing)
                    try OutputPath.check(path, isNot: input)
                }
            }
    }
}

/// What targets are called in the names of files: "top1", "walking", "contrast-walking-top1".
enum TargetNames {
    private static let longest = 40

    /// One name a target, in their order, each once.
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

    /// `path` with a target's name before its ending; as it is without a name.
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
