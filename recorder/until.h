/*
 * Stop conditions: `--until KIND[:PATTERN]`. They are read before the target starts, and asked
 * about each event of the kinds that they name while the target stands still for it: that allocates
 * nothing, and opens no file.
 *
 * Patterns are globs of the whole (text.h). A module is meant by the name of its file, without
 * regard to case where its path is one of Windows; exceptions and signals by name or number, an
 * exit by code or signal; a debug string without the line's end, a mark and a thread by name. What
 * an attach finds there already is no event here.
 *
 * Thread: loop thread, once the session runs.
 */
#ifndef TRAIL_UNTIL_H
#define TRAIL_UNTIL_H

#include "error.h"
#include "event.h"

struct until;

/* No conditions yet. NULL if out of memory. Free with until_free, which accepts NULL. */
struct until *until_new(void);
void until_free(struct until *until);

/* Adds a condition, whose text must outlive it. Returns 0, or -1 and error. */
int until_add(struct until *until, const char *text, struct trail_error *error);

/* How many there are, and the text of one. */
unsigned until_count(const struct until *until);
const char *until_text(const struct until *until, unsigned index);

/* Whether one of them asks for the name of a thread: there are systems that never tell it. */
bool until_asks_thread_names(const struct until *until);

/* The kinds of event that must be shown to until_match: bit `kind` of the result. */
uint32_t until_kinds(const struct until *until);

/* Forgets what it noted of a recording's modules, for the next. */
void until_restart(struct until *until);

/*
 * The text of the first condition that the event meets, or NULL. Every event of those kinds must be
 * shown, in order.
 */
const char *until_match(struct until *until, const struct event *event);

#endif
