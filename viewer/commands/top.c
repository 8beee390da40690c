/* trailview top: a recording that runs, again and again on one screen. */
#include "command.h"
#include "filter.h"
#include "live/picture.h"
#include "live/screen.h"
#include "nearest.h"

#include <string.h>

enum { INTERVAL_MS = 900, PLAIN_COLUMNS = 120, PLAIN_ROWS = 40 };

struct top {
    struct viewer *viewer;
    struct watch watch;
    struct picture picture;
    struct buffer text, title;
    int64_t left; /* pictures; -1: as long as it is recorded */
};

static int choose_sort(struct top *top, const char *key, struct trail_error *error)
{
    const char *nearest = nearest_name(key, picture_sort_names, SORTS, sizeof *picture_sort_names);

    for (int i = 0; i < SORTS; i++)
        if (strcmp(picture_sort_names[i], key) == 0) {
            top->picture.sort = (enum picture_sort)i;
            return 0;
        }
    return error_set(error, TRAIL_FAILED, 0, "top cannot be sorted by '%s'; did you mean '%s'?",
                     key, nearest != NULL ? nearest : picture_sort_names[0]);
}

static int draw(struct top *top, struct trail_error *error)
{
    buffer_clear(&top->text);
    picture_draw(&top->watch, &top->picture, &top->text);
    return top->text.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}

/* What a key, or its like, does; whether that is the end. */
static bool take_key(struct top *top, int key)
{
    for (int i = 0; i < SORTS; i++)
        if (key == picture_sort_keys[i])
            top->picture.sort = (enum picture_sort)i;
    return key == SCREEN_ENDS || key == 'q' || key == 'Q';
}

/* Until the run ends, or somebody wants no more. The screen is taken. */
static int show(struct top *top, struct trail_error *error)
{
    bool is_over = false;

    while (!is_over) {
        int key = SCREEN_NOTHING;
        if (watch_look(&top->watch, error) != 0)
            return -1;
        screen_size(&top->picture.columns, &top->picture.rows);
        if (draw(top, error) != 0)
            return -1;
        if (screen_write(buffer_text(&top->text), top->text.length) != 0)
            return error_set(error, TRAIL_FAILED, 0, "cannot write the output");
        if (!top->watch.is_recording || (top->left > 0 && --top->left == 0))
            return 0;
        if (watch_wait(&top->watch, error) != 0)
            return -1;
        key = screen_wait(INTERVAL_MS);
        is_over = take_key(top, key);
    }
    return 0;
}

/* As lines, one picture below the other. */
static int print(struct top *top, struct trail_error *error)
{
    for (bool is_first = true;; is_first = false) {
        if (watch_look(&top->watch, error) != 0 || draw(top, error) != 0)
            return -1;
        fputs(is_first ? "" : "\n", stdout);
        fwrite(buffer_text(&top->text), 1, top->text.length, stdout);
        if (fflush(stdout) != 0)
            return error_set(error, TRAIL_FAILED, 0, "cannot write the output");
        if (!top->watch.is_recording || --top->left <= 0)
            return 0;
        for (int waits = 0; waits < 10; waits++)
            if (watch_wait(&top->watch, error) != 0)
                return -1;
    }
}

/* The processes that live, for programs. */
static int print_rows(struct top *top, struct trail_error *error)
{
    static const struct column columns[] = {{.name = "run"},
                                            {.name = "process"},
                                            {.name = "pid"},
                                            {.name = "name"},
                                            {.name = "cpu_ns", .style = STYLE_DURATION},
                                            {.name = "last_t_ns", .style = STYLE_MS},
                                            {.name = "doing", .style = STYLE_WORDS}};
    struct output *output = &top->viewer->output;
    int result = watch_look(&top->watch, error);

    if (result == 0)
        result = output_begin(output, columns, sizeof columns / sizeof *columns, error);
    else
        return -1;
    for (size_t i = 0; i < top->watch.process_count && result == 0; i++) {
        const struct watched *process = &top->watch.processes[i];
        char doing[WATCH_DOING_BYTES];
        watch_doing(&top->watch, process, doing);
        output->cells[0] = cell_integer(top->viewer->runs[0].run);
        output->cells[1] = cell_integer(process->id);
        output->cells[2] = cell_integer(process->pid);
        output->cells[3] = cell_text(process->name);
        output->cells[4] = cell_if(process->cpu_ns >= 0, process->cpu_ns);
        output->cells[5] = cell_if(process->last_t_ns >= 0, process->last_t_ns);
        output->cells[6] = cell_text(doing);
        result = output_row(output, output->cells, error);
    }
    return output_end(output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

/* On a screen, if there is one; what it showed last stays, if the run has ended meanwhile. */
static int watch(struct top *top, struct trail_error *error)
{
    const struct output *output = &top->viewer->output;
    int result;

    if (!viewer_prints_table(top->viewer))
        return print_rows(top, error);
    top->picture.color = output->color;
    if (watch_look(&top->watch, error) != 0)
        return -1;
    if (output->is_terminal && top->watch.is_recording && screen_begin()) {
        top->picture.is_screen = true;
        result = show(top, error);
        screen_end();
        top->picture.is_screen = false;
        if (result != 0 || top->watch.is_recording)
            return result;
    } else if (top->left < 0) {
        top->left = 1;
    }
    top->picture.columns = output->is_terminal ? output->width : PLAIN_COLUMNS;
    top->picture.rows = PLAIN_ROWS;
    return print(top, error);
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    struct top top = {.viewer = viewer};
    struct filter filter;
    int result = -1;

    if (viewer->run_count != 1)
        return error_set(error, TRAIL_FAILED, 0, "top watches one RUN, but %zu were named",
                         viewer->run_count);
    if (filter_parse(&viewer->options, &filter, error) != 0 ||
        (filter.sort != NULL && choose_sort(&top, filter.sort, error) != 0))
        return -1;
    top.left = filter.limit;
    buffer_format(&top.title, "run %lld of ", (long long)viewer->runs[0].run);
    buffer_add_text(&top.title, viewer->runs[0].database->path);
    top.picture.title = buffer_text(&top.title);
    if (watch_init(&top.watch, &viewer->runs[0], error) == 0)
        result = watch(&top, error);
    watch_release(&top.watch);
    buffer_release(&top.text);
    buffer_release(&top.title);
    return result;
}

const struct command command_top = {
    .name = "top",
    .summary = "a recording that runs, on one screen: rate, processes, last loads",
    .arguments = "[RUN]",
    .details =
        "Of each process that lives: CPU time, how long nothing has happened in it, and what its "
        "main thread does - by a look into that silence, else by /proc where it runs on this "
        "machine and may be asked, else by its last event. KEY is cpu, pid, name or quiet. What "
        "is recorded comes in batches, a quarter of a second late or less.\n"
        "\n"
        "On a terminal the screen is drawn anew each second, until the run ends or q is typed; c, "
        "p, n and t sort. Elsewhere it is one picture. With -n it is N pictures, a second apart.\n",
    .options = OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_LIMIT),
    .flags = COMMAND_TAKES_RUNS | COMMAND_DRAWS,
    .run = run,
};
