/// The version of this build, as `--version`, sidecars and the output's metadata state it.
public let saliencydVersion = "0.1.0"
