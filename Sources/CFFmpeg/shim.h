// Parts of FFmpeg's interface that Swift cannot import: function-like macros and casts.
#ifndef SALIENCYD_CFFMPEG_SHIM_H
#define SALIENCYD_CFFMPEG_SHIM_H

#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/cpu.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/opt.h>
#include <libavutil/parseutils.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "versions.h"

static const int saliency_averror_eof = AVERROR_EOF;
static const int saliency_averror_again = AVERROR(EAGAIN);
static const int saliency_averror_invalid_data = AVERROR_INVALIDDATA;
static const int saliency_averror_exit = AVERROR_EXIT;
static const int saliency_averror_unauthorized = AVERROR_HTTP_UNAUTHORIZED;
static const int saliency_averror_forbidden = AVERROR_HTTP_FORBIDDEN;
static const int saliency_averror_not_found = AVERROR_HTTP_NOT_FOUND;
static const int64_t saliency_nopts = AV_NOPTS_VALUE;

static inline int saliency_averror(int posix_code) { return AVERROR(posix_code); }

// renameat2(2) with RENAME_NOREPLACE: Swift's Glibc module does not export it. Returns -1 and sets errno.
static inline int saliency_rename_without_replacing(const char *from, const char *to) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1u);
}

#endif
