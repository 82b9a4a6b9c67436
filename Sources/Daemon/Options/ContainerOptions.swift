import ArgumentParser
import Encode

/// How a video that is written as one file lies in it.
struct ContainerOptions: ParsableArguments {
    @Flag(help: "Write MP4 and MOV in fragments, as streaming software wants them; many players then show no captions.")
    var fragmented = false

    func settings(_ encoding: EncodingOptions) -> VideoSettings {
        var settings = encoding.settings
        settings.isFragmented = fragmented
        return settings
    }
}
