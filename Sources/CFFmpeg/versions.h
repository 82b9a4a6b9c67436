// All differences between the FFmpeg versions that this project compiles against: 5.1 (Debian 12), 6.1 (Ubuntu 24.04)
// and 7.1 (Debian 13). Swift sources call these functions and contain no checks of the version.
//
// Each condition names the library version for which FFmpeg's doc/APIchanges lists the change or, if it is not listed
// there, that of the release.
#ifndef SALIENCYD_CFFMPEG_VERSIONS_H
#define SALIENCYD_CFFMPEG_VERSIONS_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdbool.h>

// FFmpeg 6.0: AVFrame.duration in place of pkt_duration.
#define SALIENCY_HAS_FRAME_DURATION (LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100))
// FFmpeg 6.0: the Matroska muxer itself adds a sound stream's CodecDelay to its time stamps.
#define SALIENCY_MUXER_ADDS_CODEC_DELAY (LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 3, 100))
// FFmpeg 6.1: AVFrame.flags in place of key_frame, interlaced_frame and top_field_first.
#define SALIENCY_HAS_FRAME_FLAGS (LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100))
// FFmpeg 6.1: a stream's side data moves from AVStream to its AVCodecParameters.
#define SALIENCY_HAS_CODED_SIDE_DATA (LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 100))
// FFmpeg 6.1: AV_PROFILE_… in place of FF_PROFILE_….
#define SALIENCY_HAS_AV_PROFILES (LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 26, 100))
// FFmpeg 7.0: an AVIOContext's write callback takes constant bytes.
#define SALIENCY_WRITES_CONSTANT_BYTES (LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(61, 0, 100))
// FFmpeg 7.1: avcodec_get_supported_config() in place of AVCodec's lists.
#define SALIENCY_HAS_SUPPORTED_CONFIG (LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100))

// Frames

// The frame's duration in ticks of its stream's time base; 0 if unknown.
static inline int64_t saliency_frame_duration(const AVFrame *frame) {
#if SALIENCY_HAS_FRAME_DURATION
    return frame->duration;
#else
    return frame->pkt_duration;
#endif
}

static inline bool saliency_frame_is_key(const AVFrame *frame) {
#if SALIENCY_HAS_FRAME_FLAGS
    return (frame->flags & AV_FRAME_FLAG_KEY) != 0;
#else
    return frame->key_frame != 0;
#endif
}

static inline void saliency_frame_clear_key(AVFrame *frame) {
#if SALIENCY_HAS_FRAME_FLAGS
    frame->flags &= ~AV_FRAME_FLAG_KEY;
#else
    frame->key_frame = 0;
#endif
}

static inline bool saliency_frame_is_interlaced(const AVFrame *frame) {
#if SALIENCY_HAS_FRAME_FLAGS
    return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
    return frame->interlaced_frame != 0;
#endif
}

static inline bool saliency_frame_is_top_field_first(const AVFrame *frame) {
#if SALIENCY_HAS_FRAME_FLAGS
    return (frame->flags & AV_FRAME_FLAG_TOP_FIELD_FIRST) != 0;
#else
    return frame->top_field_first != 0;
#endif
}

static inline void saliency_frame_set_fields(AVFrame *frame, bool is_interlaced, bool is_top_field_first) {
#if SALIENCY_HAS_FRAME_FLAGS
    frame->flags &= ~(AV_FRAME_FLAG_INTERLACED | AV_FRAME_FLAG_TOP_FIELD_FIRST);
    if (is_interlaced) frame->flags |= AV_FRAME_FLAG_INTERLACED;
    if (is_top_field_first) frame->flags |= AV_FRAME_FLAG_TOP_FIELD_FIRST;
#else
    frame->interlaced_frame = is_interlaced;
    frame->top_field_first = is_top_field_first;
#endif
}

// Copies the flags for damage, key frames and fields.
static inline void saliency_frame_copy_flags(AVFrame *frame, const AVFrame *source) {
    frame->flags = source->flags;
#if !SALIENCY_HAS_FRAME_FLAGS
    frame->key_frame = source->key_frame;
    frame->interlaced_frame = source->interlaced_frame;
    frame->top_field_first = source->top_field_first;
#endif
}

// Side data of streams

// All of the stream's side data; the array belongs to the stream.
static inline const AVPacketSideData *saliency_stream_side_data(const AVStream *stream, int *count) {
#if SALIENCY_HAS_CODED_SIDE_DATA
    *count = stream->codecpar->nb_coded_side_data;
    return stream->codecpar->coded_side_data;
#else
    *count = stream->nb_side_data;
    return stream->side_data;
#endif
}

// The stream's side data of one type, which belongs to the stream; NULL if there is none.
static inline const uint8_t *saliency_stream_find_side_data(const AVStream *stream, enum AVPacketSideDataType type,
                                                            size_t *size) {
    int count = 0;
    const AVPacketSideData *all = saliency_stream_side_data(stream, &count);
    for (int i = 0; i < count; i++) {
        if (all[i].type == type) {
            *size = all[i].size;
            return all[i].data;
        }
    }
    *size = 0;
    return NULL;
}

// Allocates side data of an output's stream, which owns it; returns NULL if there is no memory. Since FFmpeg 6.1 it is
// part of the stream's codec parameters, so call this after they have been copied.
static inline uint8_t *saliency_stream_new_side_data(AVStream *stream, enum AVPacketSideDataType type, size_t size) {
#if SALIENCY_HAS_CODED_SIDE_DATA
    AVCodecParameters *parameters = stream->codecpar;
    AVPacketSideData *side =
        av_packet_side_data_new(&parameters->coded_side_data, &parameters->nb_coded_side_data, type, size, 0);
    return side ? side->data : NULL;
#else
    return av_stream_new_side_data(stream, type, size);
#endif
}

// Encoders

// The encoder's preferred sample format, or `otherwise` if it states none.
static inline enum AVSampleFormat saliency_encoder_sample_format(const AVCodec *encoder,
                                                                 enum AVSampleFormat otherwise) {
    const enum AVSampleFormat *formats = NULL;
#if SALIENCY_HAS_SUPPORTED_CONFIG
    const void *list = NULL;
    int count = 0;
    int status = avcodec_get_supported_config(NULL, encoder, AV_CODEC_CONFIG_SAMPLE_FORMAT, 0, &list, &count);
    if (status >= 0 && count > 0) formats = list;
#else
    formats = encoder->sample_fmts;
#endif
    return formats && formats[0] != AV_SAMPLE_FMT_NONE ? formats[0] : otherwise;
}

// The sample rates that the encoder supports, in hertz and terminated by 0; NULL if it supports any.
static inline const int *saliency_encoder_sample_rates(const AVCodec *encoder) {
#if SALIENCY_HAS_SUPPORTED_CONFIG
    const void *list = NULL;
    if (avcodec_get_supported_config(NULL, encoder, AV_CODEC_CONFIG_SAMPLE_RATE, 0, &list, NULL) < 0) return NULL;
    return list;
#else
    return encoder->supported_samplerates;
#endif
}

// Copies the parameters that decoding the encoder's packets requires. Since FFmpeg 6.1 they include the encoder's rate
// control as side data, with 0 for every value that it does not limit, and the MP4 muxer writes those values instead of
// the average bit rate that it measures. So this function removes them.
static inline int saliency_parameters_from_encoder(AVCodecParameters *parameters, const AVCodecContext *encoder) {
    int status = avcodec_parameters_from_context(parameters, encoder);
#if SALIENCY_HAS_CODED_SIDE_DATA
    av_packet_side_data_remove(parameters->coded_side_data, &parameters->nb_coded_side_data,
                               AV_PKT_DATA_CPB_PROPERTIES);
#endif
    return status;
}

// Sound

// Whether every packet of the codec can be decoded without earlier ones, so that players can start at any of them.
// Before 7.1, FFmpeg declares this for AAC and sets the key flag on all its packets. Since 7.1, AAC includes xHE-AAC,
// and AAC packets from RTSP have no key flag.
static inline bool saliency_is_intra_only(const AVCodecParameters *parameters) {
    const AVCodecDescriptor *codec = avcodec_descriptor_get(parameters->codec_id);
    if (codec && (codec->props & AV_CODEC_PROP_INTRA_ONLY)) return true;
    const int xhe_aac = 41;  // AV_PROFILE_AAC_USAC, since FFmpeg 7.1
    return parameters->codec_id == AV_CODEC_ID_AAC && parameters->profile != xhe_aac;
}

#if SALIENCY_HAS_AV_PROFILES
static const int saliency_profile_aac_low = AV_PROFILE_AAC_LOW;
static const int saliency_profile_aac_he = AV_PROFILE_AAC_HE;
static const int saliency_profile_aac_he_v2 = AV_PROFILE_AAC_HE_V2;
#else
static const int saliency_profile_aac_low = FF_PROFILE_AAC_LOW;
static const int saliency_profile_aac_he = FF_PROFILE_AAC_HE;
static const int saliency_profile_aac_he_v2 = FF_PROFILE_AAC_HE_V2;
#endif

// Matroska

// The number of ticks that the Matroska muxer adds to a sound stream's time stamps; known once the header is written.
// Since FFmpeg 6.0, the time stamps in the file count from the start of the encoder's delay, which CodecDelay tells
// players to discard. Earlier versions write CodecDelay and leave the time stamps to the caller.
static inline int64_t saliency_matroska_added_delay(const AVStream *stream) {
#if SALIENCY_MUXER_ADDS_CODEC_DELAY
    const AVCodecParameters *parameters = stream->codecpar;
    if (parameters->initial_padding <= 0 || parameters->sample_rate <= 0) return 0;
    return av_rescale_q(parameters->initial_padding, (AVRational){1, parameters->sample_rate}, stream->time_base);
#else
    (void)stream;
    return 0;
#endif
}

// Bytes

typedef int (*saliency_write)(void *opaque, const uint8_t *bytes, int count);
typedef int64_t (*saliency_seek)(void *opaque, int64_t offset, int whence);

// An AVIOContext that calls `write` for output; `write` must not modify the bytes. Takes ownership of `buffer`; NULL if
// there is no memory.
static inline AVIOContext *saliency_avio_output(unsigned char *buffer, int size, void *opaque, saliency_write write,
                                                saliency_seek seek) {
#if SALIENCY_WRITES_CONSTANT_BYTES
    return avio_alloc_context(buffer, size, 1, opaque, NULL, write, seek);
#else
    // FFmpeg before 7.0 declares the bytes writable; the calling convention is the same.
    return avio_alloc_context(buffer, size, 1, opaque, NULL, (int (*)(void *, uint8_t *, int))write, seek);
#endif
}

#endif
