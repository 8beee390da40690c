/* See tally.h. */
#include "tally.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A side while it is counted. */
struct counting {
    struct tally *tally;
    const struct side *side;
    size_t run;
    struct buffer name;
    bool failed;
};

static size_t hexadecimal(const char *text)
{
    size_t length = 0;

    while (isxdigit((unsigned char)text[length]))
        length++;
    return length;
}

void tally_add_pattern(struct buffer *out, const char *text)
{
    while (*text != '\0') {
        size_t digits = strspn(text, "0123456789"), hex = hexadecimal(text);
        if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && hexadecimal(text + 2) > 0) {
            buffer_add_text(out, "{n}");
            text += 2 + hexadecimal(text + 2);
        } else if (hex >= 8 && digits < hex && strcspn(text, "0123456789") < hex) {
            buffer_add_text(out, "{n}");
            text += hex;
        } else if (digits >= 2) {
            buffer_add_text(out, "{n}");
            text += digits;
        } else {
            buffer_add_char(out, *text++);
        }
    }
}

/* Counts one more of what `name` holds. */
static void count(struct counting *counting, enum tally_kind kind, uint32_t role, int64_t seq)
{
    struct tally *tally = counting->tally;
    uint32_t name = text_pool_add(counting->side->all->texts, buffer_text(&counting->name), counting->name.length);
    uint32_t *position = tuple_map_at(&tally->index, (uint32_t)kind, role, name);
    struct tally_class *classes = tally->classes, *class;

    buffer_clear(&counting->name);
    if (*position == 0) {
        if ((tally->count & (tally->count - 1)) == 0)
            classes = realloc(classes, (tally->count > 0 ? 2 * tally->count : 1) * sizeof *classes);
        if (classes == NULL || tally->index.failed) {
            counting->failed = true;
            return;
        }
        tally->classes = classes;
        classes[tally->count++] = (struct tally_class){.kind = kind, .role = role, .name = name, .last_run = SIZE_MAX, .first_seq = seq,
                                                       .least = counting->run > 0 ? 0 : SIZE_MAX};
        *position = (uint32_t)tally->count;
    }
    class = &tally->classes[*position - 1];
    if (class->last_run != counting->run)
        class->now = 0;
    class->runs += class->now == 0;
    class->last_run = counting->run;
    class->now++;
}

static uint32_t role_of(const struct recording *recording, size_t process)
{
    return process != RECORDING_NONE ? recording->processes[process].role : TEXT_NONE;
}

static void add(struct counting *counting, uint32_t text)
{
    buffer_add_text(&counting->name, recordings_text(counting->side->all, text));
}

static void count_threads(struct counting *counting, const struct recording *recording)
{
    for (size_t i = 0; i < recording->thread_count; i++) {
        const struct recorded_thread *thread = &recording->threads[i];
        if (thread->is_main || thread->is_synthetic)
            continue;
        if (thread->name != TEXT_NONE)
            add(counting, thread->name);
        else if (thread->start_key != TEXT_NONE)
            add(counting, thread->start_key);
        else
            buffer_add_text(&counting->name, "thread");
        count(counting, TALLY_THREAD, role_of(recording, thread->process), thread->start_seq);
    }
}

static void count_exceptions(struct counting *counting, const struct recording *recording)
{
    for (size_t i = 0; i < recording->exception_count; i++) {
        const struct recorded_exception *exception = &recording->exceptions[i];
        if (exception->is_loader || exception->is_synthetic)
            continue;
        add(counting, exception->what);
        if (exception->module != TEXT_NONE) {
            buffer_add_text(&counting->name, " in ");
            add(counting, exception->module);
        }
        if (exception->first_chance == 0)
            buffer_add_text(&counting->name, ", second chance");
        count(counting, TALLY_EXCEPTION, role_of(recording, exception->process), exception->seq);
    }
}

static void count_run(struct counting *counting)
{
    const struct recording *recording = &counting->side->all->items[counting->side->first + counting->run];
    struct tally *tally = counting->tally;

    for (size_t i = 1; i < recording->process_count; i++) { /* the launched one is always there */
        add(counting, recording->processes[i].role);
        count(counting, TALLY_PROCESS, TEXT_NONE, recording->processes[i].start_seq);
    }
    count_threads(counting, recording);
    count_exceptions(counting, recording);
    for (size_t i = 0; i < recording->output_count; i++) {
        tally_add_pattern(&counting->name, recordings_text(counting->side->all, recording->outputs[i].text));
        count(counting, TALLY_OUTPUT, role_of(recording, recording->outputs[i].process), recording->outputs[i].seq);
    }
    for (size_t i = 0; i < tally->count; i++) {
        struct tally_class *class = &tally->classes[i];
        size_t now = class->last_run == counting->run ? class->now : 0;
        class->least = now < class->least ? now : class->least;
        class->most = now > class->most ? now : class->most;
    }
}

int tally_init(struct tally *tally, const struct side *side, struct trail_error *error)
{
    struct counting counting = {.tally = tally, .side = side};

    for (; counting.run < side->count && !counting.failed; counting.run++)
        count_run(&counting);
    counting.failed |= counting.name.failed || tally->index.failed || text_pool_has_failed(side->all->texts);
    buffer_release(&counting.name);
    return counting.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}

void tally_release(struct tally *tally)
{
    free(tally->classes);
    tuple_map_release(&tally->index);
    memset(tally, 0, sizeof *tally);
}

const struct tally_class *tally_class(const struct tally *tally, enum tally_kind kind, uint32_t role, uint32_t name)
{
    uint32_t position = tuple_map_find(&tally->index, (uint32_t)kind, role, name);

    return position != 0 ? &tally->classes[position - 1] : NULL;
}
