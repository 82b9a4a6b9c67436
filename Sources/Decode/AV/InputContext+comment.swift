import CFFmpeg

extension InputContext {
    /// What the container says of itself: its `comment`, or a transport stream's `service_provider`; nil if nothing.
    var comment: String? {
        if let entry = av_dict_get(pointer.pointee.metadata, "comment", nil, 0) {
            return String(cString: entry.pointee.value)
        }
        let programs = UnsafeBufferPointer(start: pointer.pointee.programs, count: Int(pointer.pointee.nb_programs))
        for case let program? in programs {
            if let entry = av_dict_get(program.pointee.metadata, "service_provider", nil, 0) {
                return String(cString: entry.pointee.value)
            }
        }
        return nil
    }
}
