// The positions of tiles in a frame, and the products that they need.
//
// A length that is not a multiple of 4 is divided into tiles of 4 outputs followed by tiles of 3 (14 is 4 + 4 + 3 + 3,
// 7 is 4 + 3). A tile of 3 omits the products of the point at infinity, which affect only the fourth output; all other
// points, the transforms and the filters are those of a tile of 4. F(3, 3) is F(4, 3) without that point.
#ifndef SALIENCYD_WINOGRAD_TILE_ORDER_H
#define SALIENCYD_WINOGRAD_TILE_ORDER_H

#include "kernel_contract.h"

// The number of tiles along one axis: `whole` ones of 4 outputs, then `cut` ones of 3 (or fewer, for short lengths).
typedef struct tiling {
    size_t whole, cut;
} tiling;

INLINE tiling tiling_of(size_t size) {
    const size_t tiles = winograd_tiles(size), spare = tiles * WINOGRAD_OUTPUTS - size;
    const size_t cut = spare < tiles ? spare : tiles;
    return (tiling){.whole = tiles - cut, .cut = cut};
}

INLINE size_t tile_start(tiling along, size_t tile) {
    return tile * WINOGRAD_OUTPUTS - (tile > along.whole ? tile - along.whole : 0);
}

// The number of outputs of a tile that begins at `start`.
INLINE size_t tile_outputs(tiling along, size_t tile, size_t start, size_t size) {
    const size_t maximum = tile < along.whole ? WINOGRAD_OUTPUTS : WINOGRAD_OUTPUTS - 1;
    return size - start < maximum ? size - start : maximum;
}

// The position of a tile in a frame, as line and column of tiles.
typedef struct tile_index {
    size_t line, column;
} tile_index;

// The tiles of a frame are numbered so that those which need a product are consecutive: cut columns of whole lines,
// whole columns of whole lines, whole columns of cut lines, cut columns of cut lines.
INLINE tile_index tile_index_at(tiling lines, tiling columns, size_t number) {
    const size_t wide = lines.whole * columns.cut;
    if (number < wide) return (tile_index){number / columns.cut, columns.whole + number % columns.cut};
    number -= wide;
    const size_t whole = (lines.whole + lines.cut) * columns.whole;
    if (number < whole) return (tile_index){number / columns.whole, number % columns.whole};
    number -= whole;
    return (tile_index){lines.whole + number / columns.cut, columns.whole + number % columns.cut};
}

// Tiles [first, end) of a call.
typedef struct range {
    size_t first, end;
} range;

INLINE int is_empty(range s) { return s.first >= s.end; }

// The tiles that need a product: all, or only those that are whole along height, along width, or both.
enum { BY_ALL = 0, BY_WHOLE_LINES = 1, BY_WHOLE_COLUMNS = 2, BY_BOTH = BY_WHOLE_LINES | BY_WHOLE_COLUMNS };
// The ranges of the tiles [first, first + count) that need a product, by whether the product belongs to the point at
// infinity along height and along width.
INLINE void tiles_in_need(const engine_winograd *w, size_t first, size_t count, range needs[4]) {
    const tiling lines = tiling_of(w->height), columns = tiling_of(w->width);
    const size_t wide = lines.whole * columns.cut, whole = lines.whole * columns.whole;
    const size_t all = winograd_tiles(w->height) * winograd_tiles(w->width);
    const range ranges[4] = {
        [BY_ALL] = {0, all},
        [BY_WHOLE_LINES] = {0, wide + whole},
        [BY_WHOLE_COLUMNS] = {wide, wide + whole + lines.cut * columns.whole},
        [BY_BOTH] = {wide, wide + whole},
    };
    for (size_t i = 0; i < 4; i++) {
        const size_t from = ranges[i].first * w->time_count, to = ranges[i].end * w->time_count;
        needs[i].first = from < first ? 0 : from - first < count ? from - first : count;
        needs[i].end = to < first ? 0 : to - first < count ? to - first : count;
    }
}

// The range of tiles that need product number [line][column] of `edge` by `edge`.
INLINE range needs_of(size_t edge, size_t number, const range needs[4]) {
    const size_t by_lines = number / edge == edge - 1 ? BY_WHOLE_LINES : BY_ALL;
    const size_t by_columns = number % edge == edge - 1 ? BY_WHOLE_COLUMNS : BY_ALL;
    return needs[by_lines | by_columns];
}

#endif
