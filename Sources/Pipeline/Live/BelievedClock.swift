import Encode

/// Whose word counts for when a picture was taken: the camera's own where it is near this machine's clock, else this machine's.
struct BelievedClock {
    /// Seconds that a camera's clock may differ by: more than a network delays, less than anybody would miss.
    static let tolerance = 10.0
    /// Seconds within which a clock that was not believed is believed again.
    private static let agreement = 5.0

    private var isDoubted = false
    private var isTold = false

    /// - Parameters:
    ///   - own: by this machine's clock at the picture's arrival, delays taken off; in seconds since 1970.
    ///   - camera: by the camera's clock; nil if it does not say.
    /// - Returns: in seconds since 1970, and once what is to be said about the camera's clock.
    mutating func date(own: Double, camera: Double?) -> (date: Double, warning: String?) {
        guard let camera else { return (own, nil) }
        let ahead = camera - own
        // What is no number is not near either.
        isDoubted = !(abs(ahead) <= (isDoubted ? Self.agreement : Self.tolerance))
        guard isDoubted else { return (camera, nil) }
        guard !isTold else { return (own, nil) }
        isTold = true
        return (
            own,
            "the camera's clock says \(UTCTime(camera).iso8601) and this machine's \(UTCTime(own).iso8601): "
                + "pictures are dated by this machine's; set the camera's clock, by NTP if it can"
        )
    }
}
