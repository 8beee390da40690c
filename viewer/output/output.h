/*
 * Printing rows in one of the formats. A command says which columns there are and hands over one
 * row after another; formats stream, so that a million rows need no more memory than a hundred.
 * Main thread.
 */
#ifndef TRAIL_OUTPUT_H
#define TRAIL_OUTPUT_H

#include "buffer.h"
#include "cells.h"
#include "error.h"

#include <stdio.h>

/* How a table shows a column; the other formats show values as they are. */
enum style {
    STYLE_PLAIN,
    STYLE_COUNT,    /* an integer, or a word in its place */
    STYLE_MS,       /* nanoseconds, as milliseconds with three decimals */
    STYLE_DURATION, /* nanoseconds, with the unit that fits */
    STYLE_PERCENT,
    STYLE_BYTES,
    STYLE_KIND,  /* a word that may be coloured: an event kind, a state, a check's result */
    STYLE_TITLE, /* text in bold: a name */
    STYLE_PATH,
    STYLE_WORDS /* what may be cut at its end */
};

enum column_flags {
    COLUMN_HIDE_EMPTY = 1,   /* a table leaves the column out if no row has anything in it */
    COLUMN_FOR_PROGRAMS = 2, /* formats for people leave it out */
    COLUMN_FOR_PEOPLE = 4,   /* the others do */
    COLUMN_IF_WIDE = 8       /* left out on a terminal that is too narrow for all */
};

struct column {
    const char *name;
    enum style style;
    unsigned flags;    /* enum column_flags */
    const char *title; /* what people read instead of the name, if not NULL */
};

struct output;
struct progress;
struct sink;

struct format {
    const char *name;
    bool is_for_people; /* it shows columns in their style, and a command's columns for people */
    /* 0, or -1 without memory; `state` may be set. NULL: nothing is to be done, as for end. */
    int (*begin)(struct output *output);
    void (*row)(struct output *output, const struct cell *cells);
    /* prints what is kept back though more rows may come; NULL: nothing ever is */
    void (*flush)(struct output *output);
    void (*end)(struct output *output); /* also frees `state` */
};

struct output {
    const struct format *format;
    FILE *stream;
    struct sink *sink;         /* takes the bytes instead of the stream, if not NULL */
    struct progress *progress; /* counts rows, if not NULL */
    bool is_terminal, color;
    bool is_safe;   /* --safe: csv is escaped as on a terminal, and has no formulas */
    bool is_closed; /* a failure was that nobody reads any more */
    size_t width;   /* of the terminal; 0 means never cut */
    /*
     * What stands around the rows in formats that are a document (html, markdown): a heading, lines
     * before and after. May be NULL.
     */
    const char *title, *preface, *conclusion;
    const char *picture; /* html: markup between what stands before and the rows, or NULL */
    /*
     * Several results as one document: a heading of this one (a table has it too; one without rows
     * is left out), and its neighbours.
     */
    const char *heading;
    bool follows_another, is_followed;
    const struct column *columns; /* that this format shows */
    size_t column_count, row_count;
    struct cell *cells; /* room for a row, for whoever fills one */
    const struct column *all_columns;
    struct column *shown;
    size_t all_count;
    struct buffer line; /* what the format is putting together */
    void *state;
    void *context; /* of a format that is none of the list, but one command's */
};

/*
 * Starts a result with these columns, which must stay until output_end; output_end is called also
 * after a failure. Each returns 0, or -1 and error.
 */
int output_begin(struct output *output, const struct column *columns, size_t count,
                 struct trail_error *error);
int output_row(struct output *output, const struct cell *cells, struct trail_error *error);
/* all rows so far reach the reader now */
int output_flush(struct output *output, struct trail_error *error);
int output_end(struct output *output, struct trail_error *error);

/* Prints lines of people's text made harmless, each cut to the width of the terminal. */
void output_lines(const struct output *output, const char *lines);

/* Prints sentences, a line each, made harmless: parted between words where they are too long. */
void output_sentences(const struct output *output, const char *lines);

/* For formats: writes `line` to the stream or sink and empties it. */
void output_write_line(struct output *output);

#endif
