/* See trace_process.h. */
#include "trace_process.h"

#include "array.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_AT_MOST = 100, /* Perfetto drops what lies deeper than 512 */
    WAITING_AT_MOST = 1000
};

static const char *const lane_names[] = {"phases", "gaps", "loads"};

void trace_process_begin(struct trace_process *process, const char *name, const char *command_line,
                         int64_t order)
{
    struct trace_json *json = process->json;

    trace_json_name(json, "process_name", &process->tracks[0], "name", name);
    if (command_line != NULL)
        trace_json_name(json, "process_labels", &process->tracks[0], "labels", command_line);
    trace_json_order(json, "process_sort_index", &process->tracks[0], order);
    for (int i = 0; i < TRACE_LANES; i++) {
        trace_json_name(json, "thread_name", &process->tracks[i], "name", lane_names[i]);
        trace_json_order(json, "thread_sort_index", &process->tracks[i], i - TRACE_LANES);
    }
    process->counted_cpu_ns = process->counted_held_ns = TRACE_UNKNOWN;
}

static void begin_slice(struct trace_process *process, enum trace_lane lane, const char *name,
                        int64_t ns)
{
    static const char *const categories[] = {"phase", "gap", "load"};

    trace_json_slice(process->json, name, &process->tracks[lane], categories[lane], ns);
}

static void put_flow(struct trace_process *process, char phase, int64_t effect, int64_t ns)
{
    char id[40];

    trace_json_event(process->json, phase, "cause", &process->tracks[TRACE_LOADS]);
    trace_json_member(process->json, "\"cat\":\"cause\"");
    if (phase == 'f')
        trace_json_member(process->json, "\"bp\":\"e\"");
    snprintf(id, sizeof id, "\"id\":%lld", (long long)(process->first_id + effect));
    trace_json_member(process->json, id);
    trace_json_time(process->json, ns);
    trace_json_done(process->json);
}

/* An arrow binds to the slice that was written last on its track. */
static void begin_load(struct trace_process *process, const struct trace_bound *bound,
                       int64_t end_ns, struct buffer *end)
{
    const struct trace_flows *flows = process->flows;

    begin_slice(process, TRACE_LOADS, bound->name, bound->t_ns);
    trace_json_text(process->json, "why", bound->why);
    trace_json_number(process->json, "seq", bound->seq);
    trace_json_slice_begun(process->json, end_ns, end);
    if (bound->by_seq != 0 && trace_flows_has(flows, bound->by_seq, bound->seq))
        put_flow(process, 'f', bound->seq, bound->t_ns);
    for (size_t i = trace_flows_of(flows, bound->seq);
         i < flows->count && flows->items[i].cause == bound->seq; i++)
        put_flow(process, 's', flows->items[i].effect, bound->t_ns);
}

static void put_gap(struct trace_process *process, const struct trace_bound *from,
                    const struct trace_bound *to)
{
    /* by the kernel's times a bound may come before one that was told earlier */
    int64_t held = to->held_ns > from->held_ns ? to->held_ns - from->held_ns : 0,
            cpu = to->cpu_ns - from->cpu_ns, waiting = to->t_ns - from->t_ns - held - cpu;
    struct buffer name = {0};

    buffer_add_text(&name, from->name);
    buffer_add_text(&name, " -> ");
    buffer_add_text(&name, to->name);
    process->json->line.failed |= name.failed;
    begin_slice(process, TRACE_GAPS, buffer_text(&name), from->t_ns);
    trace_json_ms(process->json, "held ms", held);
    if (from->cpu_ns >= 0 && cpu >= 0) {
        trace_json_ms(process->json, "CPU ms", cpu);
        trace_json_ms(process->json, "waiting ms", waiting > 0 ? waiting : 0);
    }
    trace_json_number(process->json, "from_seq", from->seq);
    trace_json_number(process->json, "seq", to->seq);
    trace_json_slice_done(process->json, to->t_ns);
    buffer_release(&name);
}

static void put_counters(struct trace_process *process, const struct trace_bound *bound)
{
    int64_t cpu = bound->cpu_ns > process->counted_cpu_ns ? bound->cpu_ns : process->counted_cpu_ns,
            held = bound->held_ns > process->counted_held_ns ? bound->held_ns
                                                             : process->counted_held_ns;

    if (cpu == process->counted_cpu_ns && held == process->counted_held_ns)
        return;
    process->counted_cpu_ns = cpu;
    process->counted_held_ns = held;
    trace_json_event(process->json, 'C', "used", &process->tracks[TRACE_PHASES]);
    trace_json_time(process->json, bound->t_ns);
    if (cpu >= 0)
        trace_json_ms(process->json, "CPU ms", cpu);
    trace_json_ms(process->json, "held ms", held);
    trace_json_done(process->json);
}

static void release_bound(struct trace_bound *bound)
{
    free(bound->name);
    free(bound->why);
}

/* What happened at one time lasts until the next bound; `next` may be NULL. */
static void put_group(struct trace_process *process, int64_t end_ns, const struct trace_bound *next)
{
    struct buffer ends[DEPTH_AT_MOST] = {{0}};
    struct trace_bound *last;

    if (process->group_count == 0)
        return;
    last = &process->group[process->group_count - 1];
    for (size_t i = 0; i < process->group_count; i++)
        if (process->group[i].what != 'x')
            begin_load(process, &process->group[i], end_ns, &ends[i]);
    for (size_t i = process->group_count; i-- > 0;)
        trace_json_put(process->json, &ends[i]);
    if (next != NULL && next->t_ns > last->t_ns)
        put_gap(process, last, next);
    put_counters(process, last);
    for (size_t i = 0; i < process->group_count; i++)
        release_bound(&process->group[i]);
    free(process->group);
    process->group = NULL;
    process->group_count = 0;
}

static void put_phase(struct trace_process *process, const char *name, int64_t from_ns,
                      int64_t to_ns)
{
    begin_slice(process, TRACE_PHASES, name, from_ns);
    trace_json_slice_done(process->json, to_ns);
}

static void end_phase(struct trace_process *process, int64_t ns)
{
    if (process->phase != NULL)
        put_phase(process, process->phase, process->phase_ns, ns);
    free(process->phase);
    process->phase = NULL;
}

static void begin_phase(struct trace_process *process, const char *name, int64_t ns)
{
    end_phase(process, ns);
    process->phase_ns = ns;
    if ((process->phase = malloc(strlen(name) + 1)) != NULL)
        strcpy(process->phase, name);
    process->json->line.failed |= process->phase == NULL;
    if (process->start_end_ns > ns)
        process->start_end_ns = ns;
}

/* The program is entered: only now is it known that what came first was its loader. */
static void end_start(struct trace_process *process, int64_t entry_ns)
{
    int64_t end = process->start_end_ns < entry_ns ? process->start_end_ns : entry_ns,
            loaded = process->loaded_ns < process->start_ns || process->loaded_ns > end
                         ? end
                         : process->loaded_ns;

    if (!process->is_starting)
        return;
    process->is_starting = false;
    if (loaded > process->start_ns)
        put_phase(process, "loader", process->start_ns, loaded);
    if (end > loaded)
        put_phase(process, "constructors", loaded, end);
}

static void take_phase(struct trace_process *process, const struct trace_bound *bound)
{
    switch (bound->what) {
    case 's':
    case 'c':
        end_phase(process, bound->t_ns);
        process->is_starting = true;
        process->start_ns = bound->t_ns;
        process->start_end_ns = INT64_MAX;
        process->loaded_ns = INT64_MIN;
        break;
    case 'l':
        if (bound->is_of_startup)
            process->loaded_ns = bound->event_ns;
        break;
    case 'n':
        end_start(process, bound->t_ns);
        begin_phase(process, "program", bound->t_ns);
        break;
    case 'm':
        if (process->start_end_ns != INT64_MAX) /* what it would write now would come too late */
            process->is_starting = false;
        begin_phase(process, bound->name, bound->t_ns);
        break;
    case 'x':
        end_phase(process, bound->t_ns);
        break;
    }
}

/* The next bound in the order of time. */
static int take(struct trace_process *process, struct trace_bound bound)
{
    struct trace_bound *group;

    if (bound.t_ns < process->last_ns)
        bound.t_ns = process->last_ns;
    if (bound.t_ns > process->last_ns || process->group_count == DEPTH_AT_MOST)
        put_group(process, bound.t_ns, &bound);
    process->last_ns = bound.t_ns;
    take_phase(process, &bound);
    group = array_with_room(process->group, process->group_count, sizeof *group);
    if (group == NULL) {
        release_bound(&bound);
        return -1;
    }
    process->group = group;
    group[process->group_count++] = bound;
    return 0;
}

static int compare(const void *left, const void *right)
{
    const struct trace_bound *a = left, *b = right;

    return a->t_ns != b->t_ns ? (a->t_ns > b->t_ns) - (a->t_ns < b->t_ns)
                              : (a->seq > b->seq) - (a->seq < b->seq);
}

/* Takes the first ones of those that wait. */
static int take_waiting(struct trace_process *process, size_t count)
{
    struct trace_bound *left = NULL;
    size_t left_count = 0;
    int result = 0;

    if (process->waiting_count > 0)
        qsort(process->waiting, process->waiting_count, sizeof *process->waiting, compare);
    for (size_t i = 0; i < process->waiting_count; i++) {
        if (i < count) {
            result |= take(process, process->waiting[i]);
            continue;
        }
        struct trace_bound *items = array_with_room(left, left_count, sizeof *items);
        if (items == NULL) {
            release_bound(&process->waiting[i]);
            result = -1;
            continue;
        }
        left = items;
        left[left_count++] = process->waiting[i];
    }
    free(process->waiting);
    process->waiting = left;
    process->waiting_count = left_count;
    return result;
}

int trace_process_bound(struct trace_process *process, const struct trace_bound *bound)
{
    struct trace_bound *waiting;

    if (!process->has_kernel_times)
        return take(process, *bound);
    waiting = array_with_room(process->waiting, process->waiting_count, sizeof *waiting);
    if (waiting == NULL) {
        free(bound->name);
        free(bound->why);
        return -1;
    }
    process->waiting = waiting;
    waiting[process->waiting_count++] = *bound;
    return process->waiting_count < WAITING_AT_MOST ? 0
                                                    : take_waiting(process, WAITING_AT_MOST / 2);
}

int trace_process_end(struct trace_process *process, int64_t end_ns)
{
    int result = take_waiting(process, SIZE_MAX);

    if (end_ns < process->last_ns)
        end_ns = process->last_ns;
    put_group(process, end_ns, NULL);
    end_phase(process, end_ns);
    free(process->waiting);
    free(process->group);
    process->waiting = process->group = NULL;
    process->waiting_count = process->group_count = 0;
    return result;
}
