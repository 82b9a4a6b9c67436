/// The version of this build, stated by `--version`, sidecars and the output's metadata.
public let saliencydVersion = "0.1.0"
