/// What FFmpeg is to open, by what means and within which bounds.
struct InputRequest {
    /// As FFmpeg takes it. It may hold a password: it goes to FFmpeg's open call and nowhere else.
    var url: String
    /// Where the bytes are, if not at the address, whose name hints at the format all the same.
    var place: String?
    /// For people: in errors, and as the source's name.
    var name: String
    /// The demuxer to use; nil recognises it by its bytes.
    var format: String?
    /// FFmpeg protocols that may be opened, by the input itself and by anything it refers to.
    var protocols: [String]
    /// FFmpeg demuxers that may be used, by the input itself and by anything it refers to.
    var containers: [String]
    /// FFmpeg's options of the protocol, or of the demuxer where `format` names one. They may hold a passphrase.
    var settings: [String: String] = [:]
    /// FFmpeg's options for every connection by TLS that the input makes, later ones too.
    var security: [String: String] = [:]
    /// What the connection passes by, if it does; it has to be there for as long as the input.
    var relay: TLSRelay?
    /// Seconds between two requests, where the address is of single frames that are requested again and again.
    var snapshotInterval: Double?
    /// Whether a read that would wait returns instead, for what no interrupt reaches: devices.
    var isNonblocking = false
    var options: InputOptions
}
