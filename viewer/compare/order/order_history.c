/*
 * One run's part in learning (order.h): each thread has a history, the set of steps that certainly
 * came before what it does next. A new thread starts with what is in the histories of all threads
 * that can have made it.
 */
#include "order_matrix.h"

#include <stdlib.h>
#include <string.h>

/* among those that ended lately, and alive ones that may have made another */
enum { THREADS_LOOKED_AT = 256 };
#define HISTORY_WORDS_AT_MOST \
    ((size_t)32 << 20) /* 256 MB; what has no room has no history, and nothing is learned of it */

struct history {
    struct order *order;
    const struct recording *recording;
    uint64_t **known, **own; /* by thread: its history; what it did itself. NULL: nothing */
    size_t *starts;          /* threads by their start */
    size_t *alive;
    size_t alive_count, next_start, words_used;
    size_t *ended; /* threads by their end */
    size_t ended_count, next_end;
    int64_t *last_step; /* by thread: seq of its last step, 0 before */
    uint64_t *absent, *seen, *scratch, *nothing;
    struct order_join *joins;
    size_t run;
};

struct by_seq {
    int64_t seq;
    size_t thread;
};

static int compare_seq(const void *left, const void *right)
{
    const struct by_seq *a = left, *b = right;

    return a->seq != b->seq ? (a->seq > b->seq) - (a->seq < b->seq)
                            : (a->thread > b->thread) - (a->thread < b->thread);
}

/* Threads sorted by start or end; those without an end are left out. */
static int sort_threads(const struct recording *recording, bool by_end, size_t *out, size_t *count)
{
    struct by_seq *sorted = malloc((recording->thread_count + 1) * sizeof *sorted);
    size_t kept = 0;

    if (sorted == NULL)
        return -1;
    for (size_t i = 0; i < recording->thread_count; i++) {
        int64_t seq = by_end ? recording->threads[i].end_seq : recording->threads[i].start_seq;
        if (!by_end || seq != RECORDING_UNKNOWN)
            sorted[kept++] = (struct by_seq){seq, i};
    }
    qsort(sorted, kept, sizeof *sorted, compare_seq);
    for (size_t i = 0; i < kept; i++)
        out[i] = sorted[i].thread;
    *count = kept;
    free(sorted);
    return 0;
}

static uint64_t *own_set(struct history *history, uint64_t **sets, size_t thread)
{
    if (sets[thread] == NULL &&
        history->words_used + history->order->words <= HISTORY_WORDS_AT_MOST) {
        sets[thread] = calloc(history->order->words, sizeof **sets);
        history->words_used += history->order->words;
    }
    return sets[thread];
}

/*
 * Narrows `scratch` to what all threads that can have made this one know. Returns whether anything
 * is left.
 */
static bool find_cause(struct history *history, const struct recorded_thread *thread)
{
    const struct recorded_process *process = &history->recording->processes[thread->process];
    size_t maker = thread->is_main ? process->parent : thread->process, kept = 0, candidates = 0;
    bool is_known = maker != RECORDING_NONE && !thread->is_synthetic;

    for (size_t i = 0; i < history->alive_count; i++) {
        size_t other = history->alive[i];
        const struct recorded_thread *alive = &history->recording->threads[other];
        const uint64_t *known = history->known[other];
        if (alive->end_seq != RECORDING_UNKNOWN && alive->end_seq < thread->start_seq)
            continue;
        history->alive[kept++] = other;
        if (alive->process != maker || !is_known)
            continue;
        is_known = known != NULL && ++candidates <= THREADS_LOOKED_AT;
        for (size_t w = 0; is_known && w < history->order->words; w++)
            history->scratch[w] = candidates == 1 ? known[w] : history->scratch[w] & known[w];
    }
    history->alive_count = kept;
    return is_known && candidates > 0;
}

static void start_threads(struct history *history, int64_t before)
{
    for (; history->next_start < history->recording->thread_count; history->next_start++) {
        size_t at = history->starts[history->next_start];
        const struct recorded_thread *thread = &history->recording->threads[at];
        if (thread->start_seq >= before)
            return;
        if (find_cause(history, thread) &&
            bits_count(history->scratch, history->order->words) > 0) {
            uint64_t *known = own_set(history, history->known, at);
            if (known != NULL)
                memcpy(known, history->scratch, history->order->words * sizeof *known);
        }
        history->alive[history->alive_count++] = at;
    }
}

/*
 * What ended between the step of this thread before and this one, of what was made while the thread
 * lived.
 */
static int look_for_join(struct history *history, const struct recorded_step *step,
                         struct order_join *join, struct trail_error *error)
{
    const struct recorded_thread *threads = history->recording->threads,
                                 *thread = &threads[step->thread];
    size_t last = RECORDING_NONE;
    int64_t first_start = INT64_MAX;

    while (history->next_end < history->ended_count &&
           threads[history->ended[history->next_end]].end_seq < step->seq)
        history->next_end++;
    memset(history->scratch, 0, history->order->words * sizeof *history->scratch);
    for (size_t i = history->next_end, looked = 0; i-- > 0 && looked < THREADS_LOOKED_AT;
         looked++) {
        const struct recorded_thread *ended = &threads[history->ended[i]];
        if (ended->end_seq < history->last_step[step->thread])
            break;
        if (ended->process != thread->process || ended->start_seq <= thread->start_seq ||
            ended->is_synthetic || ended == thread)
            continue;
        if (last == RECORDING_NONE)
            last = history->ended[i];
        first_start = ended->start_net_ns < first_start ? ended->start_net_ns : first_start;
        for (size_t w = 0; history->own[history->ended[i]] != NULL && w < history->order->words;
             w++)
            history->scratch[w] |= history->own[history->ended[i]][w];
    }
    if (last == RECORDING_NONE) {
        order_join_rule_out(join);
        return 0;
    }
    return order_join_add(history->order, join, history->run, history->scratch,
                          history->own[last] != NULL ? history->own[last] : history->nothing,
                          (double)(threads[last].end_net_ns - first_start),
                          (double)(step->net_ns - first_start), error);
}

static void narrow(uint64_t *row, const uint64_t *by, const uint64_t *absent, size_t words)
{
    for (size_t w = 0; w < words; w++)
        row[w] &= by[w] | absent[w];
}

static int take_step(struct history *history, const struct recorded_step *step,
                     struct trail_error *error)
{
    struct order *order = history->order;
    size_t local = order_local(order, step->element);
    uint64_t *known, *own;

    start_threads(history, step->seq);
    if (local == SIZE_MAX)
        return 0;
    known = step->thread != RECORDING_NONE ? own_set(history, history->known, step->thread) : NULL;
    own = step->thread != RECORDING_NONE ? own_set(history, history->own, step->thread) : NULL;
    narrow(order_row(order, order->held, local), history->seen, history->absent, order->words);
    narrow(order_row(order, order->by_thread, local), own != NULL ? own : history->nothing,
           history->absent, order->words);
    narrow(order_row(order, order->by_cause, local), known != NULL ? known : history->nothing,
           history->absent, order->words);
    if (step->thread != RECORDING_NONE &&
        look_for_join(history, step, &history->joins[local], error) != 0)
        return -1;
    bits_add(history->seen, local);
    if (known != NULL && own != NULL) {
        bits_add(known, local);
        bits_add(own, local);
        history->last_step[step->thread] = step->seq;
    }
    return 0;
}

static int begin(struct history *history)
{
    size_t threads = history->recording->thread_count + 1, words = history->order->words + 1;
    size_t ignored;

    history->known = calloc(threads, sizeof *history->known);
    history->own = calloc(threads, sizeof *history->own);
    history->starts = calloc(threads, sizeof *history->starts);
    history->ended = calloc(threads, sizeof *history->ended);
    history->alive = calloc(threads, sizeof *history->alive);
    history->last_step = calloc(threads, sizeof *history->last_step);
    history->absent = calloc(words, sizeof *history->absent);
    history->seen = calloc(words, sizeof *history->seen);
    history->scratch = calloc(words, sizeof *history->scratch);
    history->nothing = calloc(words, sizeof *history->nothing);
    if (history->known == NULL || history->own == NULL || history->starts == NULL ||
        history->ended == NULL || history->alive == NULL || history->last_step == NULL ||
        history->absent == NULL || history->seen == NULL || history->scratch == NULL ||
        history->nothing == NULL)
        return -1;
    for (size_t i = 0; i < history->order->count; i++)
        if (!bits_has(history->order->presence + i * history->order->run_words, history->run))
            bits_add(history->absent, i);
    return sort_threads(history->recording, false, history->starts, &ignored) != 0 ||
                   sort_threads(history->recording, true, history->ended, &history->ended_count) !=
                       0
               ? -1
               : 0;
}

static void release(struct history *history)
{
    for (size_t i = 0; i < history->recording->thread_count; i++) {
        if (history->known != NULL)
            free(history->known[i]);
        if (history->own != NULL)
            free(history->own[i]);
    }
    free(history->known);
    free(history->own);
    free(history->starts);
    free(history->ended);
    free(history->alive);
    free(history->last_step);
    free(history->absent);
    free(history->seen);
    free(history->scratch);
    free(history->nothing);
}

int order_take_run(struct order *order, const struct recording *recording, size_t run,
                   struct order_join *joins, struct trail_error *error)
{
    struct history history = {.order = order, .recording = recording, .run = run, .joins = joins};
    int result = begin(&history);

    if (result != 0)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = 0; i < recording->step_count[order->stream] && result == 0; i++)
        result = take_step(&history, &recording->steps[order->stream][i], error);
    release(&history);
    return result;
}
