/// What became of an uploaded file.
struct UploadAnswer: Encodable {
    var path: String
    var bytes: Int
    /// SHA-256 of the file.
    var content: String
    /// The job of this content with the watch's settings; nil while the folder has not taken the file yet.
    var job: Int64?

    private enum CodingKeys: CodingKey {
        case path, bytes, content, job
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(content, forKey: .content)
        // Said even where there is none.
        try container.encode(job, forKey: .job)
    }
}
