/// Everything `serve` is told, decoded once and never changed: a reload makes another one.
struct Settings: Sendable, Equatable {
    /// The network: the name of a built-in or installed model, or a checkpoint's path.
    var model: String
    /// A file with one label a line, instead of the model's own labels.
    var labels: String?
    /// The folder of the ledger.
    var state: String
    var ledger = LedgerSettings.usual
    var engine: EngineSettings
    var http: HTTPSettings
    var logging: LoggingSettings
    /// Nil where nothing is published over MQTT.
    var mqtt: MQTTSettings?
    /// What holds up jobs of all watches.
    var holds = HoldBook.Limits()
    /// In the order of `folders`.
    var watches: [DropFolderSettings]
    /// In the order of `cameras`.
    var cameras: [CameraSettings]

    /// Whether going over to `other` takes a new process: these are what running parts share.
    func differsBeyondSources(from other: Settings) -> Bool {
        var same = other
        same.watches = watches
        same.cameras = cameras
        same.http.tokenFile = http.tokenFile
        same.http.tokens = http.tokens
        same.holds = holds
        return same != self
    }
}
