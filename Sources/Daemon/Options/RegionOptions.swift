import ArgumentParser
import DaemonConfiguration
import Pipeline

/// The parts of the frame whose heat is ignored or measured.
struct RegionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Leave out the heat in this part of the frame: a polygon of x,y pairs with blanks between them, in fractions of the \
            frame, as in clock="0,0 0.3,0 0.3,0.1 0,0.1". May be given several times.
            """, valueName: "name=points"))
    var mask: [String] = []

    @Option(
        help: ArgumentHelp(
            "Record which share of the heat this part of the frame has; as --mask. May be given several times.",
            valueName: "name=points"))
    var zone: [String] = []

    @Flag(help: "Draw the zones' edges and names.")
    var outlineZones = false

    func check(_ problems: inout RequestProblems) {
        for (option, texts) in [("--mask", mask), ("--zone", zone)] {
            problems.demand(
                texts.count <= SettingsReader.maximumRegions,
                "\(option) can be given \(SettingsReader.maximumRegions) times")
            var names: Set<String> = []
            for text in texts {
                do throws(PolygonError) {
                    guard let region = try Self.region(text) else {
                        problems.demand(
                            false,
                            "\(option) takes a name, =, and points, such as door=\"0,0 0.3,0 0.3,1\", not \(text)")
                        continue
                    }
                    problems.demand(names.insert(region.name).inserted, "\(option) names \(region.name) twice")
                } catch {
                    problems.demand(false, "\(option) \(text.prefix { $0 != "=" }) \(error.reason)")
                }
            }
        }
    }

    /// The masks; requires that `check` has found no error.
    var parsedMasks: [FrameRegion] { mask.compactMap { try? Self.region($0) } }
    var parsedZones: [FrameRegion] { zone.compactMap { try? Self.region($0) } }

    /// Returns nil if the text does not begin with a name.
    private static func region(_ text: String) throws(PolygonError) -> FrameRegion? {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, SectionName.isRight(parts[0]) else { return nil }
        return FrameRegion(name: parts[0], polygon: try Polygon(parts[1]))
    }
}
