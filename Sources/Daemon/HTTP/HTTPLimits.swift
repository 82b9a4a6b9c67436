/// What one client, and all of them together, may take of the daemon.
struct HTTPLimits: Sendable {
    /// Connections at the same time; more wait in the system's queue.
    var connections = 400
    /// Requests at the same time, health and viewers aside; more are answered with 503. With `viewers` fewer than
    /// `connections`, so that health is answered whatever the others do.
    var requests = 128
    /// Viewers of live pictures at the same time, of all cameras.
    var viewers = 200
    /// A viewer who has not taken a picture for so long may lose the connection, and does after twice as long.
    var viewerPatience = Duration.seconds(5)
    /// Without a new picture for so long, or twice as long at the latest, viewers get the last one again: less than half of
    /// `connectionIdle`.
    var viewerSilence = Duration.seconds(20)
    /// Bytes of a request's line and headers.
    var headerBytes = 16 << 10
    var headers = 100
    /// Bytes of a body that is JSON.
    var bodyBytes = 4 << 10
    /// Without any part of a request for so long, its connection is closed.
    var requestIdle = Duration.seconds(30)
    /// Nothing in either direction for so long closes a connection: longer than the longest `wait`.
    var connectionIdle = Duration.seconds(120)
    /// What is still being sent when the daemon stops has so long to end.
    var shutdown = Duration.seconds(5)

    /// Seconds that a request may ask to wait.
    static let longestWait = 60
}
