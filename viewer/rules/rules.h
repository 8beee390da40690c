/*
 * A rules file: what a program's runs are expected to look like, one rule a line, written by
 * `trailview baseline` or by hand.
 *
 *     trail-rules 1
 *     require libssl.so                        it is loaded
 *     allow "my plugin.dll"                    it may be loaded
 *     forbid *                                 nothing else is
 *     forbid failed libz.so                    nobody asks for it in vain
 *     order _json.so < _ssl.so < _sqlite3.so   where they are loaded, their first loads come so
 *     order a.so < b.so  # asked for by one thread of app
 *                                              so where one thread asks for both
 *     path version.dll {system}\version.dll    it comes from there
 *     cause libz.so by libssl.so               that one needs it
 *     identity shop.dll version=2.4 version=2.5 build-id=8f3a...
 *     arguments helper.exe "--port {any}"     it is run with one of these
 *     limit loads 120
 *     limit loads * 1                          each module so often by a process, at most
 *     limit exceptions "SIGSEGV in a.so" 2     of that kind
 *     limit processes worker.exe 4..6          so many of that program
 *     environment MODE "(check value 3fa)"     of the program; of some only a check value is known
 *     forbid environment LD_*                  no such variable is set, of those that steer loading
 *     limit time start..mark:ready 450ms median 390ms
 *     soft forbid *                            good runs break it now and then: judge/weight.h
 *     budget 3% alarms 0 of 20 notices 2 of 20 how often good runs do: own_error.h
 *     [process helper.exe]                     the rules below are about each process of that
 *                                              program
 *
 * A line is blank, a section or a rule, and may end in a comment, which begins with a # where a
 * word could begin. Words are separated by blanks; one in quotes may hold blanks, and a quote that
 * is doubled. Names are globs (text.h). Text is UTF-8.
 *
 * A struct rules is constant once it was parsed; any thread may read it.
 */
#ifndef TRAIL_RULES_H
#define TRAIL_RULES_H

#include "error.h"
#include "own_error.h"
#include "rule_kinds.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RULES_RUNS_FOR_MEDIAN = 10 };

struct rule_point {
    enum rule_point_kind kind;
    const char *name; /* of MARK and LOAD: a glob */
};

struct rule {
    enum rule_kind kind;
    unsigned line;   /* from 1 */
    unsigned column; /* of its first word, in bytes from 1 */
    bool is_learned; /* it stands between the two lines that mark what baseline wrote */
    bool is_asked;   /* ORDER: its comment is RULE_REASON_ASKED */
    bool is_soft;
    enum rule_about about;
    const char *process; /* the glob of its section; NULL: the run as a whole */
    /* the rule without blanks around it, without its comment and without 'soft' */
    const char *text;
    /*
     * globs. REQUIRE, ALLOW, FORBID: one; ORDER: the chain; PATH: the module, its paths; CAUSE: the
     * module, by whom; IDENTITY: the module, values; ARGUMENTS: the program, lists; LIMIT: whose
     * number it is, if it is not all
     */
    const char **words;
    size_t word_count;
    enum rule_identity *keys;   /* IDENTITY: what words[1 + i] is a value of */
    enum rule_measure measure;  /* LIMIT */
    struct rule_point from, to; /* of MEASURE_TIME */
    int64_t least, most;        /* the limits: counts, or nanoseconds; least is 0 for none */
    /*
     * of MEASURE_TIME: the limit for the median of RULES_RUNS_FOR_MEDIAN runs or more; 0: the same
     */
    int64_t most_median;
};

struct rules {
    const char *name;   /* of the file */
    struct rule *rules; /* in the order of the file */
    size_t count;
    const char *text; /* the whole file */
    size_t text_length;
    /* bytes: the learned part with both of its lines; equal if there is none */
    size_t learned_start, learned_end;
    struct own_error own_error;
    void *memory; /* rules.c's */
};

#define RULE_REASON_ASKED "asked for by one thread"

/*
 * How the lines around what baseline wrote begin. To the rules they are comments, but that each
 * ends the section before it.
 */
#define RULES_LEARNED_START "# --- learned"
#define RULES_LEARNED_END "# --- end of what was learned"

/*
 * Parses a whole file; `name` stands in messages. Returns 0, or -1 and a sentence that begins with
 * name:line:column. Release with rules_release, also after a failure.
 */
int rules_parse(const char *name, const char *text, size_t length, struct rules *rules,
                struct trail_error *error);

/* Reads and parses a file. As above; TRAIL_NOT_FOUND if it is not there. */
int rules_read(const char *path, struct rules *rules, struct trail_error *error);
void rules_release(struct rules *rules);

/* The words of the language: "require", "loads", "build-id", "first-load". */
const char *rule_kind_word(enum rule_kind kind);
const char *rule_measure_word(enum rule_measure measure);
const char *rule_identity_word(enum rule_identity key);
const char *rule_point_word(enum rule_point_kind kind);

/* Whether it is 'limit loads NAME N' or its like. */
bool rule_is_named_limit(const struct rule *rule);

#endif
