/* See timeline_data.h. */
#include "timeline_data.h"

#include "escape.h"
#include "text.h"

#include <inttypes.h>
#include <string.h>

enum { NAME_BYTES = 400, LOOKED_AT_LEAST_NS = 10000000, LOOKED_AT_MOST = 1000 };

struct writing {
    struct page *page;
    struct lanes *lanes;
    struct buffer harmless, json;
    size_t looked; /* how many bars the looks were asked for */
    const char *separator;
};

static void begin_list(struct writing *writing, const char *name)
{
    buffer_format(&writing->page->line, ",\n\"%s\":[", name);
    writing->separator = "[";
}

static void begin_item(struct writing *writing)
{
    page_markup(writing->page, writing->separator);
    writing->separator = ",\n[";
}

static void end_item(struct writing *writing)
{
    page_markup(writing->page, "]");
    page_flush(writing->page);
}

static void add_number(struct writing *writing, int64_t value)
{
    if (value == LANES_UNKNOWN)
        page_markup(writing->page, "null");
    else
        buffer_format(&writing->page->line, "%" PRId64, value);
}

static void add_next(struct writing *writing, int64_t value)
{
    page_markup(writing->page, ",");
    add_number(writing, value);
}

/* What is harmless in a terminal is so on a page, once nothing of it can be taken for markup. */
static void add_text(struct writing *writing, const char *text)
{
    struct buffer *harmless = &writing->harmless, *json = &writing->json;
    const char *rest;

    buffer_clear(harmless);
    buffer_clear(json);
    escape_for_terminal(harmless, text, text_cut(text, strlen(text), NAME_BYTES));
    escape_json_string(json, buffer_text(harmless), harmless->length);
    for (rest = buffer_text(json); *rest != '\0'; rest += *rest == '<') {
        size_t length = strcspn(rest, "<");
        buffer_add(&writing->page->line, rest, length);
        rest += length;
        page_markup(writing->page, *rest == '<' ? "\\u003c" : "");
    }
}

static void add_next_text(struct writing *writing, uint32_t text)
{
    page_markup(writing->page, ",");
    add_text(writing, lanes_text(writing->lanes, text));
}

static void add_processes(struct writing *writing)
{
    begin_list(writing, "processes");
    for (size_t i = 0; i < writing->lanes->process_count; i++) {
        const struct lane_process *process = &writing->lanes->processes[i];
        begin_item(writing);
        add_text(writing, lanes_text(writing->lanes, process->name));
        add_next(writing, process->pid);
        add_next(writing, (int64_t)process->depth);
        add_next(writing, process->t_ns);
        add_next(writing, process->end_ns);
        add_next(writing, process->is_open);
        add_next_text(writing, process->exit);
        add_next_text(writing, process->command_line);
        add_next(writing, process->is_unseen);
        end_item(writing);
    }
    page_markup(writing->page, "]");
}

static void add_threads(struct writing *writing)
{
    begin_list(writing, "threads");
    for (size_t i = 0; i < writing->lanes->thread_count; i++) {
        const struct lane_thread *thread = &writing->lanes->threads[i];
        begin_item(writing);
        add_number(writing, (int64_t)thread->process);
        add_next(writing, thread->tid);
        add_next(writing, thread->t_ns);
        add_next(writing, thread->end_ns);
        add_next_text(writing, thread->name);
        add_next(writing, thread->is_main);
        end_item(writing);
    }
    page_markup(writing->page, "]");
}

static void add_phases(struct writing *writing)
{
    begin_list(writing, "phases");
    for (size_t i = 0; i < writing->lanes->process_count; i++) {
        const struct lane_process *process = &writing->lanes->processes[i];
        for (size_t j = 0; j < process->phase_count; j++) {
            const struct lane_phase *phase = &writing->lanes->phases[process->first_phase + j];
            begin_item(writing);
            add_number(writing, (int64_t)i);
            add_next(writing, phase->kind);
            add_next(writing, phase->t_ns);
            add_next(writing, phase->end_ns);
            page_markup(writing->page, ",");
            add_text(writing, lanes_phase_name(writing->lanes, phase));
            end_item(writing);
        }
    }
    page_markup(writing->page, "]");
}

/* The looks are asked for where there can be some: in a silence. */
static int add_looks_of(struct writing *writing, const struct lane_bar *bar,
                        struct trail_error *error)
{
    struct buffer looks = {0};
    int result = 0;

    if (bar->end_ns / 2 - bar->t_ns / 2 >= LOOKED_AT_LEAST_NS / 2 &&
        writing->looked < LOOKED_AT_MOST &&
        writing->lanes->processes[bar->process].look_count > 0) {
        writing->looked++;
        result = lanes_looks(writing->lanes, bar, &looks, error);
    }
    page_markup(writing->page, ",");
    add_text(writing, buffer_text(&looks));
    buffer_release(&looks);
    return result;
}

static int add_bars(struct writing *writing, struct trail_error *error)
{
    const struct lanes *lanes = writing->lanes;
    int result = 0;

    begin_list(writing, "bars");
    for (size_t i = 0; i < lanes->bar_count && result == 0; i++) {
        const struct lane_bar *bar = &lanes->bars[i];
        begin_item(writing);
        add_number(writing, (int64_t)bar->process);
        add_next(writing, bar->what);
        add_next(writing, bar->t_ns);
        add_next(writing, bar->end_ns);
        add_next(writing, bar->held_ns);
        add_next(writing, bar->cpu_ns);
        add_next_text(writing, bar->name);
        add_next(writing, bar->thread != LANES_NONE ? lanes->threads[bar->thread].tid : 0);
        add_next(writing, bar->is_open);
        result = add_looks_of(writing, bar, error);
        end_item(writing);
    }
    page_markup(writing->page, "]");
    return result;
}

static void add_exceptions(struct writing *writing)
{
    const struct lanes *lanes = writing->lanes;

    begin_list(writing, "exceptions");
    for (size_t i = 0; i < lanes->exception_count; i++) {
        const struct lane_exception *exception = &lanes->exceptions[i];
        begin_item(writing);
        add_number(writing, (int64_t)exception->process);
        add_next(writing, exception->t_ns);
        add_next_text(writing, exception->name);
        add_next_text(writing, exception->place);
        add_next(writing,
                 exception->thread != LANES_NONE ? lanes->threads[exception->thread].tid : 0);
        end_item(writing);
    }
    page_markup(writing->page, "]");
}

static void add_looks(struct writing *writing)
{
    begin_list(writing, "looks");
    for (size_t i = 0; i < writing->lanes->look_count; i++) {
        const struct lane_look *look = &writing->lanes->looks[i];
        begin_item(writing);
        add_number(writing, (int64_t)look->process);
        add_next(writing, look->t_ns);
        add_next(writing, look->thread != LANES_NONE ? (int64_t)look->thread : LANES_UNKNOWN);
        add_next(writing, look->is_computing);
        end_item(writing);
    }
    page_markup(writing->page, "]");
}

int timeline_data_write(struct page *page, struct lanes *lanes, struct trail_error *error)
{
    struct writing writing = {.page = page, .lanes = lanes};
    int result;

    buffer_format(&page->line, "{\"run\":%" PRId64 ",\"wall\":", lanes->run);
    add_number(&writing, lanes->wall_ns);
    page_markup(page, ",\"whats\":");
    for (int what = LANE_START; what <= LANE_EXIT; what++) {
        page_markup(page, what == LANE_START ? "[" : ",");
        add_text(&writing, lanes_what((enum lane_what)what));
    }
    page_markup(page, "]");
    add_processes(&writing);
    add_threads(&writing);
    add_phases(&writing);
    result = add_bars(&writing, error);
    add_exceptions(&writing);
    add_looks(&writing);
    page_markup(page, "}");
    page_flush(page);
    page->line.failed |= writing.harmless.failed | writing.json.failed;
    buffer_release(&writing.harmless);
    buffer_release(&writing.json);
    return result;
}
