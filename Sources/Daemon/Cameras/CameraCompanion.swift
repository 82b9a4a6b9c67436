/// What runs beside a camera's connections for as long as the camera lives.
protocol CameraCompanion: Sendable {
    /// Returns some time after `finish`.
    func run() async
    /// The camera's last connection is over.
    func finish()
}
