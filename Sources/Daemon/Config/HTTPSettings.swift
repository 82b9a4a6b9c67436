/// Where the daemon answers.
struct HTTPSettings: Sendable, Equatable {
    var isEnabled: Bool
    /// A numeric address.
    var address: String
    /// 0 for any free one.
    var port: Int
    /// A file whose first line is the bearer token; required for addresses other machines can reach.
    var tokenFile: String?
    /// Bytes that an uploaded video may have.
    var largestUpload: Int
}
