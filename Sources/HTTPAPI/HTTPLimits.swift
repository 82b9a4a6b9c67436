/// What one client, and all of them together, may take of the daemon.
struct HTTPLimits: Sendable {
    /// Connections at the same time, more than all requests together may have: one more takes the place of one that waits for
    /// a request, so that health is answered whatever the others do.
    var connections = 480
    /// Of one address; one more takes the place of another of the same address, or is refused.
    var connectionsOfOnePeer = 320
    /// Requests of each kind at the same time; more are answered with 503.
    var requests = 96
    var changes = 32
    var uploads = 16
    var downloads = 32
    /// Requests that wait for something to happen.
    var waits = 64
    /// Viewers of live images at the same time, of all cameras.
    var viewers = 200
    /// A viewer who has not taken a frame for this long may lose the connection, and does after twice as long.
    var viewerTimeout = Duration.seconds(5)
    /// Without a new frame for this long, or twice as long at the latest, viewers get the last one again: less than half of
    /// `connectionIdle`.
    var viewerSilence = Duration.seconds(20)
    /// A client that does not take a piece of a file for this long may lose the connection, and does after twice as
    /// long.
    var downloadTimeout = Duration.seconds(30)
    /// Bytes of a request's line and headers.
    var headerBytes = 16 << 10
    var headers = 100
    /// Bytes of a body that is JSON.
    var bodyBytes = 4 << 10
    /// From a connection's begin, or from a further request's first byte, until its line and headers are complete.
    var requestHead = Duration.seconds(5)
    /// Without any part of a request for this long, its connection is closed.
    var requestIdle = Duration.seconds(30)
    /// Nothing in either direction for this long closes a connection: longer than the longest `wait`.
    var connectionIdle = Duration.seconds(120)
    /// What is still being sent when the daemon stops has this long to end.
    var shutdown = Duration.seconds(5)

    /// Seconds that a request may ask to wait.
    static let longestWait = 60
}
