/*
 * A picture of one or two runs, before it is drawn: rows with a label at the left, parts along the
 * time, and words at the edge. Whatever draws it - on a terminal, as SVG - draws the same rows. All
 * texts are harmless for a terminal already. Main thread.
 */
#ifndef TRAIL_PICTURE_H
#define TRAIL_PICTURE_H

#include "lanes.h"

enum picture_row_kind {
    PICTURE_TITLE,   /* which run; its words say how long it took */
    PICTURE_NOTE,    /* a sentence */
    PICTURE_AXIS,    /* the scale */
    PICTURE_PROCESS, /* from its start to its end, by phases */
    PICTURE_THREAD,
    PICTURE_BAR,       /* a gap, computing and waiting apart */
    PICTURE_FOLD,      /* bars that have no row of their own, side by side */
    PICTURE_EXCEPTION, /* a point in time */
    PICTURE_ALIVE,     /* how many of the processes without a row were there at a time */
    PICTURE_RATE       /* how many events there were: as many in each part */
};

/* What a part is; the first four are shares of a bar, in no order of time. */
enum picture_style {
    PART_COMPUTING,
    PART_WAITING,
    PART_HELD,
    PART_UNKNOWN, /* computing and waiting not told apart */
    PART_LOADER,
    PART_CONSTRUCTORS,
    PART_PROGRAM,
    PART_MARK, /* from a mark on */
    PART_THREAD,
    PART_EXCEPTION, /* of no length */
    PART_FAILED,    /* of no length: a failed load */
    PART_ALIVE,
    PART_STYLES
};

struct picture_part {
    enum picture_style style;
    int64_t t_ns, end_ns;
    uint32_t name; /* of a phase */
};

struct picture_row {
    enum picture_row_kind kind;
    size_t depth;
    bool is_bad;      /* it failed */
    bool opens, ends; /* of a process: it began, it ended in what is looked at */
    int64_t t_ns;     /* when it began; LANES_UNKNOWN: nothing to say */
    int64_t end_ns;
    uint32_t label, words; /* words: how long it was, and how it ended */
    uint32_t looks;        /* what was seen meanwhile */
    uint32_t details;      /* all that, and more than there is room for */
    size_t first_part, part_count;
};

struct picture {
    struct text_pool *texts;
    struct picture_row *rows;
    size_t row_count;
    struct picture_part *parts;
    size_t part_count;
    int64_t from_ns, to_ns; /* the scale */
    bool has_failed;        /* out of memory */
};

int picture_init(struct picture *picture, struct trail_error *error);
void picture_release(struct picture *picture);

/*
 * Adds a run below what is there, in about so many rows (at least 8); the scale has room for all
 * of them. Returns 0, or -1 and error.
 */
int picture_add(struct picture *picture, struct lanes *lanes, size_t rows,
                struct trail_error *error);

const char *picture_text(const struct picture *picture, uint32_t text);

#endif
