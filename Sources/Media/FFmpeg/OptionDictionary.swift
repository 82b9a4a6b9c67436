import CFFmpeg

/// The one owner of an `AVDictionary` of options.
package struct OptionDictionary: ~Copyable {
    /// FFmpeg replaces it by what it did not use.
    package var pointer: OpaquePointer?

    package init(_ options: [String: String]) {
        for (key, value) in options { set(key, value) }
    }

    package mutating func set(_ key: String, _ value: String) {
        av_dict_set(&pointer, key, value, 0)
    }

    /// A list, as FFmpeg's white lists are written.
    package mutating func set(_ key: String, _ values: [String]) {
        set(key, values.joined(separator: ","))
    }

    deinit {
        var pointer = pointer
        av_dict_free(&pointer)
    }
}
