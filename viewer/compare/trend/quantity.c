/* See quantity.h. */
#include "quantity.h"

#include "compare/order/side_names.h"
#include "nearest.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

static void count_loads(const struct side *side, double *values)
{
    for (size_t run = 0; run < side->count; run++) {
        const struct recording *recording = &side->all->items[side->first + run];
        values[run] = 0;
        for (size_t i = 0; i < recording->load_count; i++)
            values[run] += !recording->loads[i].is_synthetic;
    }
}

static uint32_t role_of(const struct recording *recording, const struct recorded_load *load)
{
    return load->process != RECORDING_NONE ? recording->processes[load->process].role : TEXT_NONE;
}

/* By the name in any case, or by what it is matched by: without a version. */
static bool is_module(const struct side *side, const struct recorded_load *load, const char *name)
{
    return text_equal_ignoring_case(recordings_text(side->all, load->name), name) ||
           text_equal_ignoring_case(recordings_text(side->all, load->key), name);
}

/* The first that has that name, in its process: when each run loads it first. */
static int find_module(const struct side *side, const char *name, double *values,
                       struct trail_error *error)
{
    const struct recorded_load *found = NULL;
    uint32_t role = TEXT_NONE;

    for (size_t run = 0; run < side->count; run++) {
        const struct recording *recording = &side->all->items[side->first + run];
        for (size_t i = 0; i < recording->load_count; i++) {
            const struct recorded_load *load = &recording->loads[i];
            if (found == NULL && is_module(side, load, name)) {
                found = load;
                role = role_of(recording, load);
            }
            if (found == NULL || load->key != found->key || role_of(recording, load) != role)
                continue;
            values[run] = load->is_synthetic ? -1 : (double)load->net_ns;
            break;
        }
    }
    return found != NULL ? 0 : error_set(error, TRAIL_FAILED, 0, "no run loads '%.80s'", name);
}

static bool is_point(const struct side *side, uint32_t point, const char *name, size_t length)
{
    const char *text = recordings_text(side->all, point);

    if (strncmp(text, "mark:", 5) == 0 && strncmp(name, "mark:", 5) != 0)
        text += 5;
    return strlen(text) == length && memcmp(text, name, length) == 0;
}

static bool find_span(const struct side *side, const char *what, const char *dots, double *values)
{
    for (size_t i = 0; i < side->phase_count; i++) {
        const struct side_phase *phase = &side->phases[i];
        if (is_point(side, phase->from, what, (size_t)(dots - what)) &&
            is_point(side, phase->to, dots + 2, strlen(dots + 2))) {
            memcpy(values, phase->times, side->count * sizeof *values);
            return true;
        }
    }
    return false;
}

static bool find_gap(const struct side *side, const char *what, double *values)
{
    struct buffer name = {0};
    bool is_there = false;

    for (size_t i = 0; i < side->gaps.count && !is_there; i++) {
        const struct side_gap *gap = &side->gaps.items[i];
        buffer_clear(&name);
        side_add_gap_name(&name, side->all, gap);
        is_there = strcmp(buffer_text(&name), what) == 0;
        for (size_t k = 0; k < gap->count && is_there; k++)
            values[gap->runs[k]] = gap->times[k];
    }
    buffer_release(&name);
    return is_there;
}

/* Says which spans there are. */
static int no_span(const struct side *side, const char *what, struct trail_error *error)
{
    struct buffer names = {0};

    for (size_t i = 0; i < side->phase_count && names.length < 200; i++) {
        buffer_add_text(&names, i > 0 ? ", " : "");
        side_add_phase_name(&names, side->all, &side->phases[i]);
    }
    error_set(error, TRAIL_FAILED, 0,
              "no run has a span '%.60s'; there are loads, module NAME, gaps 'A -> B', and %s",
              what, buffer_text(&names));
    buffer_release(&names);
    return -1;
}

int quantity_find(const struct side *side, const char *what, const char *module, double *values,
                  struct trail_error *error)
{
    const char *dots = strstr(what, "..");

    for (size_t run = 0; run < side->count; run++)
        values[run] = -1;
    if (strcmp(what, "module") == 0)
        return find_module(side, module, values, error);
    if (strcmp(what, "loads") == 0) {
        count_loads(side, values);
        return 0;
    }
    return (dots != NULL && find_span(side, what, dots, values)) || find_gap(side, what, values)
               ? 0
               : no_span(side, what, error);
}
