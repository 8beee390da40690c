/*
 * A script of debug events, one a line, for the scripted platform:
 *
 *     # an application that crashes
 *     t=0 pid=100 tid=100 CreateProcess via=launch path=/bin/app base=0x400000 command_line="app"
 *     t=2us LoadDll path=C:\Windows\ntdll.dll base=0x7ff0 load_phase=startup build_id=abcdef
 * size=4096 t=1ms more Exception code=0xc0000005 first_chance=1 address=0x401000 parameters=1,2
 *     quiet
 *     ExitProcess exit_code=3
 *
 * A line is: what holds for the stop, then what happens, then the fields.
 *   t=N           when; ns, or with a unit us, ms or s. Never goes back. Without it: as the line
 *                 before. The whole script is placed so that its last line falls on the launch: no
 *                 event lies in the future of the recorder that gets it.
 *   pid=N tid=N   who. Without them: as the line before; a new pid alone means its first thread
 *                 (tid = pid).
 *   synthetic     the event is replayed state.
 *   more          the next line belongs to the same stop.
 * What happens is a kind of event (event_kinds.def; case does not matter) or one of
 *   quiet         a stop with nothing to record (EVENT_NONE)
 *   hang          nothing more, until the target is killed or detached
 *   fail          platform_wait fails
 *   die           the recorder itself ends on the spot, as if it were killed
 * Fields are those of the kind, as name=value: numbers in decimal or 0x hex, coded words as in
 * event_kinds.def, BLOB as hex digits, NUMBERS separated by commas, text bare or in quotes with the
 * escapes \" \\ \n \t \xHH (bytes that are no UTF-8 reach the event as a real platform would hand
 * them over: escaped). Instead of its MODULE field a kind takes path=TEXT, build_id=HEX and size=N;
 * PROCESS and LOAD fields are left to the writer, as ever. With any kind, thread_name=TEXT names
 * the event's thread, or that of named_tid=N.
 *
 * A parsed script is constant; any thread may read it.
 */
#ifndef TRAIL_FAKE_SCRIPT_H
#define TRAIL_FAKE_SCRIPT_H

#include "error.h"
#include "event.h"

struct script;

enum script_action { SCRIPT_EVENT, SCRIPT_QUIET, SCRIPT_HANG, SCRIPT_FAIL, SCRIPT_DIE };

/*
 * Parses a whole script; `name` stands in messages. Returns NULL on failure, with
 * TRAIL_NOT_EXECUTABLE and a sentence that names line and column, or TRAIL_FAILED if memory ran
 * out. Free with script_free, which accepts NULL.
 */
struct script *script_parse(const char *name, const char *text, size_t length,
                            struct trail_error *error);

/* Reads and parses a file. As above; TRAIL_NOT_FOUND if it is not there. */
struct script *script_read(const char *path, struct trail_error *error);
void script_free(struct script *script);

size_t script_count(const struct script *script);

/* The time of the last entry, counted from the launch. */
uint64_t script_end_ns(const struct script *script);

/*
 * Copies entry `index` into event, its t_ns counted from the launch (kind EVENT_NONE unless it is a
 * SCRIPT_EVENT).
 */
enum script_action script_get(const struct script *script, size_t index, struct event *event);

#endif
