/* See doing.h. */
#include "doing.h"

#include "escape.h"
#include "human.h"

#include <stdlib.h>
#include <string.h>

#define MOSTLY 0.6 /* of the looks, or of a time */

enum { LEVELS_MAX = 16 }; /* of children that wait for children */

/* The most frequent of some texts, TEXT_NONE if there is none. */
struct usual {
    uint32_t text;
    size_t times, of; /* of: how many texts there are */
};

/* What a thread was seen doing: in how many looks, in which call, and by whose doing. */
struct doing {
    size_t looks, computing;
    bool is_unseen; /* it computes, and where is not known since perf is forbidden */
    struct usual call, caller;
};

/* Room for the looks and texts of a run, and for how often each of its threads computed. */
struct room {
    struct recorded_look *looks;
    uint32_t *texts;
    struct share {
        size_t looks, computing;
    } * threads;
};

/* By these one thread waits for another, or for what else there is: the beginnings of calls. */
static const char *const waits_for_threads[] = {
    "futex",
    "NtWaitFor",
    "a wait for objects",
    "a lock",
};

static bool is_in_gap(const struct doing_gap *gap, const struct recorded_look *look)
{
    return look->process == gap->process && look->seq >= gap->from_seq && look->seq < gap->to_seq &&
           look->thread != RECORDING_NONE;
}

static int compare_numbers(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* Of several the smallest number. */
static struct usual find_usual(uint32_t *texts, size_t count)
{
    struct usual usual = {TEXT_NONE, 0, count};

    qsort(texts, count, sizeof *texts, compare_numbers);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && texts[end] == texts[i];)
            end++;
        if (end - i > usual.times) {
            usual.times = end - i;
            usual.text = texts[i];
        }
    }
    return usual;
}

static bool computes(const struct doing *doing)
{
    return (double)doing->computing >= MOSTLY * (double)doing->looks;
}

/* Whose doing what a thread does mostly is: those who compute, or who wait in the usual call. */
static struct usual find_caller(const struct doing *doing, const struct room *room)
{
    size_t count = 0;

    for (size_t i = 0; i < doing->looks; i++) {
        const struct recorded_look *look = &room->looks[i];
        if (look->caller != TEXT_NONE && look->is_computing == computes(doing) &&
            (look->is_computing || look->call == doing->call.text))
            room->texts[count++] = look->caller;
    }
    return find_usual(room->texts, count);
}

/* Of the looks that stand in the room. */
static struct doing sum_up(const struct room *room, size_t looks)
{
    struct doing doing = {.looks = looks};
    size_t count = 0;

    for (size_t i = 0; i < looks; i++) {
        doing.computing += room->looks[i].is_computing;
        doing.is_unseen |= room->looks[i].is_unseen;
    }
    for (size_t i = 0; i < looks; i++)
        if (room->looks[i].is_computing == computes(&doing) && room->looks[i].call != TEXT_NONE)
            room->texts[count++] = room->looks[i].call;
    doing.call = find_usual(room->texts, count);
    doing.caller = find_caller(&doing, room);
    return doing;
}

/* RECORDING_NONE for `thread`: main. */
static struct doing what_it_did(const struct doing_gap *gap, const struct room *room, size_t thread)
{
    size_t count = 0;

    for (size_t i = 0; i < gap->run->look_count; i++) {
        const struct recorded_look *look = &gap->run->looks[i];
        if (is_in_gap(gap, look) &&
            (thread == RECORDING_NONE ? gap->run->threads[look->thread].is_main
                                      : look->thread == thread))
            room->looks[count++] = *look;
    }
    return sum_up(room, count);
}

/*
 * Which other thread explains a wait: the one that computed most, else the only other one that
 * there is to be seen. RECORDING_NONE if that cannot be said.
 */
static size_t find_other(const struct doing_gap *gap, const struct room *room)
{
    size_t others = 0, most = RECORDING_NONE;

    for (size_t i = 0; i < gap->run->look_count; i++) {
        const struct recorded_look *look = &gap->run->looks[i];
        struct share *share;
        if (!is_in_gap(gap, look) || gap->run->threads[look->thread].is_main)
            continue;
        share = &room->threads[look->thread];
        others += share->looks++ == 0;
        share->computing += look->is_computing;
        if (most == RECORDING_NONE || share->computing > room->threads[most].computing)
            most = look->thread;
    }
    return others == 1 || (others > 1 && room->threads[most].computing > 0) ? most : RECORDING_NONE;
}

static bool may_wait_for_thread(const struct recordings *all, const struct doing *doing)
{
    const char *call = doing->call.text == TEXT_NONE || computes(doing)
                           ? ""
                           : recordings_text(all, doing->call.text);

    for (size_t i = 0; i < sizeof waits_for_threads / sizeof *waits_for_threads; i++)
        if (strncmp(call, waits_for_threads[i], strlen(waits_for_threads[i])) == 0)
            return true;
    return false;
}

static void add_text(struct buffer *out, const struct recordings *all, uint32_t text)
{
    const char *bytes = recordings_text(all, text);

    escape_for_terminal(out, bytes, strlen(bytes));
}

/* " (11 of 20 looks)", where it is not most of them. */
static void add_share(struct buffer *out, size_t times, size_t of)
{
    if ((double)times < MOSTLY * (double)of)
        buffer_format(out, " (%zu of %zu looks)", times, of);
}

static void add_caller(struct buffer *out, const struct recordings *all, const char *before,
                       const struct doing *doing)
{
    if (doing->caller.text == TEXT_NONE)
        return;
    buffer_add_text(out, before);
    add_text(out, all, doing->caller.text);
    add_share(out, doing->caller.times, doing->caller.of);
}

/* ", but has a CPU for only 300 ms of that": the machine was busy, or the program read a disk. */
static void add_cpu(struct buffer *out, const struct doing_gap *gap)
{
    int64_t cpu = recording_cpu_between(gap->run, gap->from_seq, gap->to_seq),
            wall = gap->to_net_ns - gap->from_net_ns;

    if (cpu == RECORDING_UNKNOWN || (double)cpu >= MOSTLY * (double)wall)
        return;
    buffer_add_text(out, ", but has a CPU for only ");
    human_duration(out, cpu);
    buffer_add_text(out, " of that");
}

/* "waits in clock_nanosleep 300 ms, called by libcodec.so!init". `whole`: its process's, or NULL */
static void add_doing(struct buffer *out, const struct recordings *all, const struct doing *doing,
                      const struct doing_gap *whole)
{
    if (computes(doing)) {
        buffer_add_text(out, "computes");
        add_caller(out, all, " in ", doing);
        if ((double)doing->call.times >= MOSTLY * (double)doing->looks) {
            buffer_add_text(out, ", mostly in ");
            add_text(out, all, doing->call.text);
        }
        if (whole != NULL)
            add_cpu(out, whole);
        if (doing->caller.text == TEXT_NONE && doing->is_unseen)
            buffer_add_text(out, "; place unknown: perf is forbidden here, record with "
                                 "--looks-stop");
    } else if (doing->call.text != TEXT_NONE) {
        buffer_add_text(out, "waits in ");
        add_text(out, all, doing->call.text);
        add_share(out, doing->call.times, doing->looks);
        add_caller(out, all, ", called by ", doing);
    } else {
        buffer_add_text(out, "waits in the kernel");
    }
}

/* ", while thread codec computes in libcodec.so!work" */
static void add_other(struct buffer *out, const struct recordings *all, const struct doing_gap *gap,
                      const struct room *room)
{
    size_t other = find_other(gap, room);
    struct doing doing;
    uint32_t name;

    if (other == RECORDING_NONE)
        return;
    doing = what_it_did(gap, room, other);
    if (may_wait_for_thread(all, &doing))
        return;
    name = gap->run->threads[other].name;
    buffer_add_text(out, name == TEXT_NONE ? ", while another thread" : ", while thread ");
    if (name != TEXT_NONE)
        add_text(out, all, name);
    buffer_add_char(out, ' ');
    add_doing(out, all, &doing, NULL);
}

static bool waits_for_child(const struct recordings *all, const struct doing *doing)
{
    return doing->call.text != TEXT_NONE && !computes(doing) &&
           strstr(recordings_text(all, doing->call.text), "its child ") != NULL;
}

/* The child that ran for most of a gap, or RECORDING_NONE. */
static size_t find_child(const struct doing_gap *gap)
{
    int64_t most = (int64_t)(MOSTLY * (double)(gap->to_net_ns - gap->from_net_ns));
    size_t found = RECORDING_NONE;

    for (size_t i = 0; i < gap->run->process_count; i++) {
        const struct recorded_process *child = &gap->run->processes[i];
        int64_t from = child->start_net_ns, to = child->end_net_ns;
        if (child->parent != gap->process || i == gap->process || from == RECORDING_UNKNOWN)
            continue;
        from = from > gap->from_net_ns ? from : gap->from_net_ns;
        to = to == RECORDING_UNKNOWN || to > gap->to_net_ns ? gap->to_net_ns : to;
        if (to - from > most) {
            most = to - from;
            found = i;
        }
    }
    return found;
}

/* Who keeps a process waiting for a child, if that was recorded: the last of who wait so. */
static void add_child(struct buffer *out, const struct recordings *all, struct doing_gap gap,
                      const struct room *room)
{
    struct doing doing = {.looks = 0};
    size_t levels = 0, child;

    while (levels < LEVELS_MAX && (child = find_child(&gap)) != RECORDING_NONE) {
        gap.process = child;
        doing = what_it_did(&gap, room, RECORDING_NONE);
        levels++;
        if (!waits_for_child(all, &doing))
            break;
    }
    if (levels == 0 || doing.looks == 0)
        return;
    buffer_add_text(out, levels == 1 ? "; there main " : "; below that, in ");
    if (levels > 1) {
        add_text(out, all, gap.run->processes[gap.process].name);
        buffer_add_text(out, ", main ");
    }
    add_doing(out, all, &doing, NULL);
}

static void say(struct buffer *out, const struct recordings *all, const struct doing_gap *gap,
                const struct room *room)
{
    struct doing doing = what_it_did(gap, room, RECORDING_NONE);

    if (doing.looks == 0) {
        buffer_add_text(out, "; what its threads did is not known");
        return;
    }
    buffer_add_text(out, ": main ");
    add_doing(out, all, &doing, gap);
    if (may_wait_for_thread(all, &doing))
        add_other(out, all, gap, room);
    else if (waits_for_child(all, &doing))
        add_child(out, all, *gap, room);
}

int doing_say(struct buffer *out, const struct recordings *all, const struct doing_gap *gap)
{
    size_t most = gap->run->look_count + 1;
    struct room room = {.looks = malloc(most * sizeof *room.looks),
                        .texts = malloc(most * sizeof *room.texts),
                        .threads = calloc(gap->run->thread_count + 1, sizeof *room.threads)};
    bool has_room = room.looks != NULL && room.texts != NULL && room.threads != NULL;

    if (has_room)
        say(out, all, gap, &room);
    free(room.looks);
    free(room.texts);
    free(room.threads);
    return has_room ? 0 : -1;
}
