import Files
import Jobs

extension JobKey {
    /// The key as 32 hexadecimal digits: what an annotated video says it was made of.
    var origin: String {
        var digest = SHA256()
        for part in [content, model, options] {
            digest.update(part.utf8)
            digest.update([0])
        }
        return String(digest.hexDigest().prefix(32))
    }
}
