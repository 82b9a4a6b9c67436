// What Swift's importer cannot see of FFmpeg: function-like macros and casts.
#ifndef SALIENCYD_CFFMPEG_SHIM_H
#define SALIENCYD_CFFMPEG_SHIM_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

static const int saliency_averror_eof = AVERROR_EOF;
static const int saliency_averror_again = AVERROR(EAGAIN);
static const int saliency_averror_invalid_data = AVERROR_INVALIDDATA;
static const int saliency_averror_exit = AVERROR_EXIT;
static const int64_t saliency_nopts = AV_NOPTS_VALUE;

static inline int saliency_averror(int posix_code) { return AVERROR(posix_code); }

#endif
