import CFFmpeg

/// The sole owner of an `AVDictionary` of options.
package struct OptionDictionary: ~Copyable {
    /// FFmpeg replaces it by a dictionary of the options that it did not use.
    package var pointer: OpaquePointer?

    package init(_ options: [String: String]) {
        for (key, value) in options { set(key, value) }
    }

    package mutating func set(_ key: String, _ value: String) {
        av_dict_set(&pointer, key, value, 0)
    }

    /// Sets a comma-separated list, the format of FFmpeg's whitelists.
    package mutating func set(_ key: String, _ values: [String]) {
        set(key, values.joined(separator: ","))
    }

    deinit {
        var pointer = pointer
        av_dict_free(&pointer)
    }
}
