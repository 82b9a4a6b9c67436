/// Limits for one client, and for all clients together.
struct HTTPLimits: Sendable {
    /// Simultaneous connections: more than all requests together may use. A further one replaces one that waits for a
    /// request, so that health is always answered.
    var connections = 480
    /// Simultaneous connections of one address; a further one replaces another of the same address, or is rejected.
    var connectionsOfOnePeer = 320
    /// Simultaneous requests of each kind; further ones get 503.
    var requests = 96
    var changes = 32
    var uploads = 16
    var downloads = 32
    /// Requests that wait for an event.
    var waits = 64
    /// Simultaneous viewers of live images, over all cameras.
    var viewers = 200
    /// A viewer that has not accepted a frame for this long, or at the latest twice this long, is disconnected.
    var viewerTimeout = Duration.seconds(5)
    /// If no new frame arrives for this long, or at the latest twice this long, viewers get the last one again. Must be
    /// less than half of `connectionIdle`.
    var viewerSilence = Duration.seconds(20)
    /// A client that does not accept a chunk of a file for this long, or at the latest twice this long, is
    /// disconnected.
    var downloadTimeout = Duration.seconds(30)
    /// The size of a request's line and headers in bytes.
    var headerBytes = 16 << 10
    var headers = 100
    /// The size of a JSON body in bytes.
    var bodyBytes = 4 << 10
    /// Time from the start of a connection, or from the first byte of a further request, until the request line and
    /// headers are complete.
    var requestHead = Duration.seconds(5)
    /// A connection is closed if no part of its request arrives for this long.
    var requestIdle = Duration.seconds(30)
    /// A connection is closed without traffic in either direction for this long; longer than the longest `wait`.
    var connectionIdle = Duration.seconds(120)
    /// Time for responses in progress when the daemon stops.
    var shutdown = Duration.seconds(5)

    /// The longest `wait` that a request may ask for, in seconds.
    static let longestWait = 60
}
