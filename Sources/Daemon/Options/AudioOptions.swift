import ArgumentParser
import Encode

/// What becomes of the source's sound.
struct AudioOptions: ParsableArguments {
    @Option(
        help: """
            Sound is copied where the container holds it and players decode it there, else transcoded (compatible), copied \
            wherever the container holds it (copy), or left out (none).
            """)
    var audio: AudioPolicy = .compatible
}

extension AudioPolicy: ExpressibleByArgument {}
