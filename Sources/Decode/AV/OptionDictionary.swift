import CFFmpeg

/// The one owner of an `AVDictionary` of options.
struct OptionDictionary: ~Copyable {
    /// FFmpeg replaces it by what it did not use.
    var pointer: OpaquePointer?

    init(_ options: KeyValuePairs<String, String>) {
        for (key, value) in options {
            av_dict_set(&pointer, key, value, 0)
        }
    }

    deinit {
        var pointer = pointer
        av_dict_free(&pointer)
    }
}
