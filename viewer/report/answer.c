/* See answer.h. */
#include "answer.h"

#include "event_kinds.h"
#include "human.h"
#include "row.h"

#include <inttypes.h>
#include <string.h>

/* A text of the target in a sentence stays short and in its line. */
static void add_name(struct buffer *out, sqlite3_stmt *facts, const char *column)
{
    const char *text = row_text(facts, column);
    size_t length = strcspn(text, "\n");

    buffer_add(out, text, length < 300 ? length : 300);
}

static void add_count(struct buffer *out, int64_t count, const char *one, const char *many)
{
    buffer_format(out, "%" PRId64 " %s", count, count == 1 ? one : many);
}

void answer_ending(struct buffer *out, sqlite3_stmt *facts)
{
    int64_t code = row_number(facts, "exit_code");
    char text[EVENT_EXIT_CODE_CAPACITY];

    if (row_has(facts, "exit_signal")) {
        buffer_add_text(out, "killed by ");
        add_name(out, facts, "exit_signal");
    } else if (!row_has(facts, "exit_code")) {
        buffer_add_text(out, "no exit was seen");
    } else if (code >= 0 && code <= UINT32_MAX) {
        event_exit_code((uint32_t)code, text);
        buffer_format(out, "exit code %s", text);
    } else {
        buffer_format(out, "exit code %" PRId64, code);
    }
}

static void add_course(struct buffer *out, sqlite3_stmt *facts)
{
    add_name(out, facts, row_has(facts, "program") ? "program" : "command_line");
    if (row_has(facts, "wall_ns")) {
        buffer_add_text(out, " ran for ");
        human_duration(out, row_number(facts, "wall_ns"));
    } else {
        buffer_add_text(out, " was recorded");
    }
    buffer_add_text(out, ": ");
    answer_ending(out, facts);
    buffer_add_text(out, "; ");
    add_count(out, row_number(facts, "loads"), "load", "loads");
    buffer_add_text(out, " in ");
    add_count(out, row_number(facts, "processes"), "process", "processes");
    if (strcmp(row_text(facts, "state"), "complete") != 0) {
        buffer_add_text(out, "; the recording is ");
        add_name(out, facts, "state");
    }
    buffer_add_text(out, ".\n");
}

/* Where the start-up's time went, of which the three phases are known. */
static void add_start(struct buffer *out, sqlite3_stmt *facts)
{
    int64_t loaded = row_number(facts, "loaded_t_ns"), entry = row_number(facts, "entry_t_ns");

    if (!row_has(facts, "entry_t_ns") || !row_has(facts, "loaded_t_ns"))
        return;
    buffer_add_text(out, "Its own code began after ");
    human_duration(out, entry);
    buffer_add_text(out, ": ");
    human_duration(out, loaded);
    buffer_add_text(out, " until the loader was done, ");
    human_duration(out, entry - loaded);
    buffer_add_text(out, " in constructors.\n");
}

static void add_gap(struct buffer *out, sqlite3_stmt *facts)
{
    int64_t gap = row_number(facts, "gap_ns"), wall = row_number(facts, "wall_ns");

    if (gap <= 0)
        return;
    buffer_add_text(out, row_number(facts, "processes") > 1
                             ? "The longest gap of a process that waited for no child took "
                             : "The longest gap took ");
    human_duration(out, gap);
    if (wall > 0 && gap <= wall)
        buffer_format(out, " (%.0f %%)", 100.0 * (double)gap / (double)wall);
    buffer_add_text(out, ": from ");
    add_name(out, facts, "gap_from");
    buffer_add_text(out, " to ");
    add_name(out, facts, "gap_to");
    if (row_number(facts, "processes") > 1) {
        buffer_add_text(out, " of ");
        add_name(out, facts, "gap_process");
        buffer_format(out, " (%" PRId64 ")", row_number(facts, "gap_pid"));
    }
    buffer_add_text(out, row_has(facts, "gap_looks") ? "; " : "");
    add_name(out, facts, "gap_looks");
    buffer_add_text(out, ".\n");
}

static void add_failed(struct buffer *out, sqlite3_stmt *facts)
{
    int64_t failed = row_number(facts, "failed");
    bool is_start = row_number(facts, "failed_start") == 1;

    if (failed == 0)
        return;
    if (!is_start) {
        add_count(out, failed, "thing was", "things were");
        buffer_add_text(out, " asked for in vain, first ");
    }
    add_name(out, facts, "failed_name");
    if (row_has(facts, "failed_needed_by")) {
        buffer_add_text(out, ", needed by ");
        add_name(out, facts, "failed_needed_by");
    }
    if (is_start)
        buffer_add_text(out, row_has(facts, "failed_needed_by") ? ", was not loaded at the start"
                                                                : " was not loaded at the start");
    buffer_add_text(out, ": ");
    add_name(out, facts, "failed_words");
    if (is_start && failed > 1)
        buffer_format(out, " (and %" PRId64 " more)", failed - 1);
    buffer_add_text(out, ".\n");
}

static void add_exceptions(struct buffer *out, sqlite3_stmt *facts)
{
    if (row_number(facts, "exceptions") <= 0)
        return;
    add_count(out, row_number(facts, "exceptions"), "exception", "exceptions");
    buffer_add_text(out, row_number(facts, "exceptions") == 1 ? ": " : "; the first: ");
    add_name(out, facts, "exception_name");
    buffer_add_text(out, row_has(facts, "exception_place") ? " at " : "");
    add_name(out, facts, "exception_place");
    buffer_add_text(out, " after ");
    human_duration(out, row_number(facts, "exception_t_ns"));
    buffer_add_text(out, ".\n");
}

void answer_of_run(struct buffer *out, sqlite3_stmt *facts)
{
    bool starts_in_vain = row_number(facts, "failed_start") == 1;

    add_course(out, facts);
    if (starts_in_vain)
        add_failed(out, facts);
    add_start(out, facts);
    add_gap(out, facts);
    if (!starts_in_vain)
        add_failed(out, facts);
    add_exceptions(out, facts);
}
