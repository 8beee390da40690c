/*
 * The commands that print rows of a view: which view, which columns a table shows, which options
 * narrow it, in which order. SQL is put together from the constant pieces below; every value of the
 * user is bound.
 */
#ifndef TRAIL_QUERY_H
#define TRAIL_QUERY_H

#include "viewer.h"

enum table_column_flags {                              /* beside those of enum column_flags */
                          TABLE_SEVERAL_RUNS = 16,     /* only if more than one run is shown */
                          TABLE_SEVERAL_PROCESSES = 32 /* only if a run has more than one process */
};

/* A column of the table: an SQL expression over the view. Lists end with a NULL title. */
struct table_column {
    const char *title;
    const char *expression;
    enum style style;
    unsigned flags;
};

/* What --sort may say. Lists end with a NULL name. */
struct sort_key {
    const char *name;
    const char *expression;
};

struct query {
    const char *view;         /* a view */
    const char *sql;          /* or a whole SELECT instead; it may use :run */
    const char *data_columns; /* what the formats other than table print; NULL: all of the view */
    const struct table_column *table; /* NULL: people are shown the data columns too */
    /* the column that orders a run's rows; unique in a run; must be seq for --follow */
    const char *order;
    const struct sort_key *sort_keys; /* NULL: no --sort */
    /*
     * The view numbers its rows and hands them out in that order. Only columns of the table may
     * look at other rows (lag).
     */
    bool is_numbered;
    size_t most_on_terminal; /* rows of a table on a terminal without --limit; 0: all */
    /*
     * what an option adds to WHERE; its value is the parameter named after it (:pid, :module);
     * "seq IN ..." finds the rows by their key
     */
    const char *conditions[OPTIONS];
    /* For a run without rows: what they are ("loads"), and why there is none in most cases. */
    const char *rows, *nothing;
    bool is_of_loader; /* there is none where loads are not observed */
};

/*
 * An exit for people: the signal that killed, or the code, in hexadecimal where it is an NTSTATUS.
 */
#define QUERY_EXIT_CODE                                                                           \
    "iif(typeof(exit_code) = 'integer' AND exit_code > 0x3FFFFFFF, printf('0x%08x', exit_code), " \
    "exit_code)"
#define QUERY_EXIT "coalesce(exit_signal, " QUERY_EXIT_CODE ")"
/* What tables of commands and of reports show of exceptions, debug strings, threads and gaps. */
#define QUERY_CHANCE "CASE first_chance WHEN 1 THEN 'first' WHEN 0 THEN 'second' END"
#define QUERY_FAULT_PLACE "coalesce(symbol, module || '+' || offset, address)"
#define QUERY_PARAMETERS "iif(access IS NULL, nullif(parameters, '[]'), NULL)"
#define QUERY_NESTED "nullif(nested_codes, '[]')"
#define QUERY_DEBUG_TEXT "rtrim(text, char(13, 10)) || iif(truncated = 1, char(8230), '')"
#define QUERY_START_ADDRESS "coalesce(start_module || '+' || start_offset, start_address)"
#define QUERY_GAP_WALL "gap_ns - held_ns"

/*
 * A JSON object as `key=value key="two words"`: members that are null or [] are left out, nested
 * values stay JSON. DISTINCT keeps SQLite from computing the JSON at each mention. What is no JSON
 * object - a file may say anything - stays as it is.
 */
#define QUERY_PAIRS(json)                                                                          \
    "(SELECT CASE WHEN CASE WHEN json_valid(j) THEN json_type(j) END IS NOT 'object' THEN j "      \
    "ELSE (SELECT coalesce(group_concat(key || '=' || CASE WHEN type IN ('true', 'false') THEN "   \
    "type WHEN type <> 'text' THEN value WHEN value = '' OR value GLOB '*[ \"=]*' THEN '\"' || "   \
    "replace(value, '\"', '\\\"') || '\"' ELSE value END, ' '), '') FROM json_each(j) WHERE type " \
    "<> 'null' AND value IS NOT '[]') END FROM (SELECT DISTINCT " json " AS j))"

/* Conditions that several views share. */
#define QUERY_PID "pid = :pid"
#define QUERY_TID "tid = :tid"
/* The text of --text as a pattern of LIKE, ESCAPE '\'. */
#define QUERY_TEXT_PATTERN \
    "('%' || replace(replace(replace(:text, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')"
#define QUERY_FROM "t_ns >= :from"
#define QUERY_TO "t_ns <= :to"

/*
 * Prints the rows of all of viewer->runs, run after run, as the options say. Returns 0, or -1 and
 * error.
 */
int query_print(struct viewer *viewer, const struct query *query, struct trail_error *error);

/*
 * Prints all rows of a statement of the command's own, with the statement's column names. Returns
 * 0, or -1 and error.
 */
int query_print_statement(struct viewer *viewer, sqlite3_stmt *statement,
                          struct trail_error *error);

#endif
