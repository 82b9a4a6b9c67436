import CFFmpeg

/// The plain text of one subtitle, extracted from any text codec.
struct SubtitleText {
    var text: String
    /// Whether formatting (italics, colours, a position) was removed.
    var isStyled: Bool

    /// Whether subtitles of this codec are text.
    static func isText(_ codec: AVCodecID) -> Bool {
        [
            AV_CODEC_ID_MOV_TEXT, AV_CODEC_ID_SUBRIP, AV_CODEC_ID_TEXT, AV_CODEC_ID_WEBVTT, AV_CODEC_ID_ASS,
        ].contains(codec)
    }

    /// The maximum number of bytes read of a packet: a subtitle is never larger.
    private static let longest = 1 << 17

    /// - Parameter packet: the packet's bytes.
    init(_ packet: [UInt8], codec: AVCodecID) {
        let bytes = packet.count > Self.longest ? Array(packet.prefix(Self.longest)) : packet
        switch codec {
        case AV_CODEC_ID_MOV_TEXT: self = Self.timedText(bytes)
        case AV_CODEC_ID_ASS: self = Self.ass(String(decoding: bytes, as: UTF8.self))
        default:
            let coded = String(decoding: bytes, as: UTF8.self)
            text = Self.plain(coded)
            isStyled = text != coded
            if codec == AV_CODEC_ID_WEBVTT { text = Self.resolved(text) }
        }
    }

    private init(text: String, isStyled: Bool) {
        self.text = text
        self.isStyled = isStyled
    }

    /// A sample of 3GPP timed text (TS 26.245, 5.17): a length, text in UTF-8 or in UTF-16 with a byte order mark, then
    /// boxes with styles.
    private static func timedText(_ sample: [UInt8]) -> SubtitleText {
        guard sample.count >= 2 else { return SubtitleText(text: "", isStyled: false) }
        let length = Int(sample[0]) << 8 | Int(sample[1])
        let bytes = sample.dropFirst(2).prefix(length)
        let isStyled = sample.count > 2 + length
        guard bytes.starts(with: [0xfe, 0xff]) else {
            return SubtitleText(text: String(decoding: bytes, as: UTF8.self), isStyled: isStyled)
        }
        let units = Array(bytes.dropFirst(2))
        let codes = stride(from: 0, to: units.count - 1, by: 2).map { UInt16(units[$0]) << 8 | UInt16(units[$0 + 1]) }
        return SubtitleText(text: String(decoding: codes, as: UTF16.self), isStyled: isStyled)
    }

    /// An event of Advanced SubStation Alpha in the form of Matroska and FFmpeg: eight fields, then the text with
    /// override codes.
    private static func ass(_ event: String) -> SubtitleText {
        let fields = event.split(separator: ",", maxSplits: 8, omittingEmptySubsequences: false)
        guard fields.count == 9 else { return SubtitleText(text: "", isStyled: false) }
        guard !isDrawing(fields[8]) else { return SubtitleText(text: "", isStyled: true) }
        let text = plain(String(fields[8]), isTagged: false)
            .replacing("\\N", with: "\n").replacing("\\n", with: "\n").replacing("\\h", with: " ")
        return SubtitleText(text: text, isStyled: true)
    }

    /// Whether an override code contains `\p1` to `\p9`, which start a drawing.
    private static func isDrawing(_ text: Substring) -> Bool {
        var isOverride = false
        var (second, last): (Character, Character) = (" ", " ")
        for character in text {
            switch character {
            case "{": isOverride = true
            case "}": isOverride = false
            case "1"..."9" where isOverride && second == "\\" && last == "p": return true
            default: break
            }
            (second, last) = (last, character)
        }
        return false
    }

    /// Removes the tags of SubRip, WebVTT (`<i>`) and SubStation (`{\an8}`).
    ///
    /// - Parameter isTagged: whether tags between `<` and `>` are removed.
    static func plain(_ text: String, isTagged: Bool = true) -> String {
        var plain = ""
        var closing: Character?
        for character in text {
            if let end = closing {
                if character == end { closing = nil }
            } else if character == "<", isTagged {
                closing = ">"
            } else if character == "{" {
                closing = "}"
            } else {
                plain.append(character)
            }
        }
        // An unclosed bracket is text.
        return closing == nil ? plain : text
    }

    /// Replaces WebVTT's character references.
    private static func resolved(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&nbsp;", with: "\u{a0}")
            .replacing("&lrm;", with: "\u{200e}").replacing("&rlm;", with: "\u{200f}").replacing("&amp;", with: "&")
    }
}
