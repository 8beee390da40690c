/* See steps.h. */
#include "steps.h"

#include "array.h"
#include "pattern.h"

#include <stdlib.h>
#include <string.h>

struct stepping {
    struct recordings *all;
    struct recording *recording;
    struct tuple_map occurrences;       /* of one run and stream: (process, key) -> how many */
    struct tuple_map elements[STREAMS]; /* (role, key, occurrence) -> position + 1 */
    bool failed;
};

static uint32_t take_element(struct stepping *stepping, const struct element *element)
{
    struct recordings *all = stepping->all;
    uint32_t *position = tuple_map_at(&stepping->elements[element->stream], element->role,
                                      element->key, element->occurrence);

    if (*position == 0) {
        struct element *elements =
            array_with_room(all->elements, all->element_count, sizeof *elements);
        if (elements == NULL) {
            stepping->failed = true;
            return 0;
        }
        all->elements = elements;
        elements[all->element_count++] = *element;
        *position = (uint32_t)all->element_count;
    }
    return *position - 1;
}

/*
 * Adds a step that is known by `key`; the rest of `step` is filled. Returns it, or NULL without
 * memory.
 */
static const struct recorded_step *add_step(struct stepping *stepping, enum recorded_stream stream,
                                            struct recorded_step step, uint32_t role, uint32_t key,
                                            uint32_t name)
{
    struct recording *recording = stepping->recording;
    struct recorded_step *steps =
        array_with_room(recording->steps[stream], recording->step_count[stream], sizeof *steps);
    uint32_t occurrence = ++*tuple_map_at(&stepping->occurrences, (uint32_t)step.process, key, 0);

    if (steps == NULL) {
        stepping->failed = true;
        return NULL;
    }
    recording->steps[stream] = steps;
    step.element = take_element(stepping, &(struct element){stream, role, key, occurrence, name});
    steps[recording->step_count[stream]] = step;
    return &steps[recording->step_count[stream]++];
}

static uint32_t role_of(const struct recording *recording, size_t process)
{
    return process != RECORDING_NONE ? recording->processes[process].role : TEXT_NONE;
}

/* How often each load was seen before; no steps. */
static void count_loads(struct stepping *stepping)
{
    struct recording *recording = stepping->recording;

    for (size_t i = 0; i < recording->load_count; i++) {
        struct recorded_load *load = &recording->loads[i];
        load->element = UINT32_MAX;
        if (!load->is_synthetic)
            load->occurrence =
                ++*tuple_map_at(&stepping->occurrences, (uint32_t)load->process, load->key, 0);
    }
}

static void step_loads(struct stepping *stepping)
{
    struct recording *recording = stepping->recording;

    for (size_t i = 0; i < recording->load_count; i++) {
        struct recorded_load *load = &recording->loads[i];
        const struct recorded_step *step;
        load->element = UINT32_MAX;
        if (load->is_synthetic)
            continue;
        step = add_step(
            stepping, STREAM_LOADS,
            (struct recorded_step){load->seq, load->net_ns, load->process, load->thread, i, 0},
            role_of(recording, load->process), load->key, load->name);
        if (step == NULL)
            return;
        load->element = step->element;
        load->occurrence = stepping->all->elements[step->element].occurrence;
    }
}

/*
 * All but the launched one, which is always there. What a process is called tells it from others of
 * its kind already.
 */
static void step_processes(struct stepping *stepping)
{
    const struct recording *recording = stepping->recording;

    for (size_t i = 1; i < recording->process_count; i++) {
        const struct recorded_process *process = &recording->processes[i];
        add_step(stepping, STREAM_PROCESSES,
                 (struct recorded_step){process->start_seq, process->start_net_ns, RECORDING_NONE,
                                        process->main_thread, i, 0},
                 TEXT_NONE, process->role, process->role);
    }
}

static uint32_t thread_key(struct stepping *stepping, const struct recorded_thread *thread)
{
    if (thread->name != TEXT_NONE)
        return thread->name;
    return thread->start_key != TEXT_NONE ? thread->start_key
                                          : text_pool_add_text(stepping->all->texts, "thread");
}

static void step_threads(struct stepping *stepping)
{
    const struct recording *recording = stepping->recording;

    for (size_t i = 0; i < recording->thread_count; i++) {
        const struct recorded_thread *thread = &recording->threads[i];
        uint32_t key = thread_key(stepping, thread);
        if (!thread->is_main && !thread->is_synthetic && thread->start_seq != RECORDING_UNKNOWN)
            add_step(stepping, STREAM_THREADS,
                     (struct recorded_step){thread->start_seq, thread->start_net_ns,
                                            thread->process, i, i, 0},
                     role_of(recording, thread->process), key, key);
    }
}

/* "SIGSEGV in libfoo.so, second chance" */
static uint32_t exception_key(struct stepping *stepping, const struct recorded_exception *exception)
{
    struct buffer *scratch = &stepping->all->scratch;

    buffer_add_text(scratch, recordings_text(stepping->all, exception->what));
    if (exception->module != TEXT_NONE) {
        buffer_add_text(scratch, " in ");
        buffer_add_text(scratch, recordings_text(stepping->all, exception->module));
    }
    if (exception->first_chance == 0)
        buffer_add_text(scratch, ", second chance");
    return recordings_scratch_text(stepping->all);
}

static void step_exceptions(struct stepping *stepping)
{
    const struct recording *recording = stepping->recording;

    for (size_t i = 0; i < recording->exception_count; i++) {
        const struct recorded_exception *exception = &recording->exceptions[i];
        uint32_t key;
        if (exception->is_loader || exception->is_synthetic)
            continue;
        key = exception_key(stepping, exception);
        add_step(stepping, STREAM_EXCEPTIONS,
                 (struct recorded_step){exception->seq, exception->net_ns, exception->process,
                                        exception->thread, i, 0},
                 role_of(recording, exception->process), key, key);
    }
}

static void step_outputs(struct stepping *stepping)
{
    const struct recording *recording = stepping->recording;

    for (size_t i = 0; i < recording->output_count; i++) {
        const struct recorded_output *output = &recording->outputs[i];
        uint32_t key;
        pattern_add(&stepping->all->scratch, recordings_text(stepping->all, output->text));
        key = recordings_scratch_text(stepping->all);
        add_step(stepping, STREAM_OUTPUT,
                 (struct recorded_step){output->seq, output->net_ns, output->process,
                                        output->thread, i, 0},
                 role_of(recording, output->process), key, key);
    }
}

/* "libfoo.so", "symbol foo_init" */
static uint32_t failure_element(struct stepping *stepping, const struct recorded_failure *failure)
{
    if (failure->is_module)
        return failure->key;
    buffer_add_text(&stepping->all->scratch, recordings_text(stepping->all, failure->what));
    buffer_add_char(&stepping->all->scratch, ' ');
    buffer_add_text(&stepping->all->scratch, recordings_text(stepping->all, failure->key));
    return recordings_scratch_text(stepping->all);
}

static void step_failures(struct stepping *stepping)
{
    const struct recording *recording = stepping->recording;

    for (size_t i = 0; i < recording->failure_count; i++) {
        const struct recorded_failure *failure = &recording->failures[i];
        uint32_t key = failure_element(stepping, failure);
        add_step(stepping, STREAM_FAILURES,
                 (struct recorded_step){failure->seq, failure->net_ns, failure->process,
                                        failure->thread, i, 0},
                 role_of(recording, failure->process), key, key);
    }
}

static int compare_steps(const void *left, const void *right)
{
    const struct recorded_step *a = left, *b = right;

    return a->seq != b->seq ? (a->seq > b->seq) - (a->seq < b->seq)
                            : (a->item > b->item) - (a->item < b->item);
}

static void step_run(struct stepping *stepping)
{
    static void (*const step[STREAMS])(struct stepping *) = {
        step_loads, step_processes, step_threads, step_exceptions, step_outputs, step_failures};

    if (stepping->all->without_steps) {
        tuple_map_clear(&stepping->occurrences);
        count_loads(stepping);
        return;
    }
    for (int stream = 0; stream < (stepping->all->only_loads ? 1 : STREAMS); stream++) {
        struct recording *recording = stepping->recording;
        tuple_map_clear(&stepping->occurrences);
        step[stream](stepping);
        /* processes and threads come in the order of their ids */
        if (recording->step_count[stream] > 0)
            qsort(recording->steps[stream], recording->step_count[stream],
                  sizeof *recording->steps[stream], compare_steps);
    }
}

int steps_make(struct recordings *recordings, struct trail_error *error)
{
    struct stepping stepping = {.all = recordings};

    for (size_t i = 0; i < recordings->count && !stepping.failed; i++) {
        stepping.recording = &recordings->items[i];
        step_run(&stepping);
    }
    stepping.failed |= stepping.occurrences.failed || recordings_have_failed(recordings);
    tuple_map_release(&stepping.occurrences);
    for (int stream = 0; stream < STREAMS; stream++) {
        stepping.failed |= stepping.elements[stream].failed;
        tuple_map_release(&stepping.elements[stream]);
    }
    return stepping.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}
