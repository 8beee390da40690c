/* See trend_picture.h. */
#include "trend_picture.h"

#include "markup.h"
#include "text.h"

#include <math.h>
#include <string.h>

enum {
    WIDTH = 960,
    HEIGHT = 300,
    LEFT = 76,
    RIGHT = 12,
    TOP = 26,
    BOTTOM = 28,
    DOTS_AT_MOST = 5000,
    NAMES_AT_MOST = 12,
    NAME_BYTES = 16,
    NAME_ROOM = 20, /* bytes: with what stands for the rest */
    BYTE_WIDTH = 7
};

/* Of the plot. */
struct scale {
    double least, most;
    size_t builds;
};

static double x_of(const struct scale *scale, double build)
{
    return LEFT + (WIDTH - LEFT - RIGHT) * (build + 0.5) / (double)scale->builds;
}

static double y_of(const struct scale *scale, double value)
{
    double share =
        scale->most > scale->least ? (value - scale->least) / (scale->most - scale->least) : 0.5;

    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * fmin(fmax(share, 0), 1);
}

/* Outliers beyond it are drawn at the edge: they would press all else into a line. */
static struct scale find_scale(const struct trend *trend)
{
    struct scale scale = {INFINITY, -INFINITY, trend->build_count};
    double room;

    for (size_t i = 0; i < trend->build_count; i++) {
        const struct trend_build *build = &trend->builds[i];
        scale.least = fmin(scale.least, fmin(build->median, build->low));
        scale.most = fmax(scale.most, fmax(build->median, build->high));
    }
    room = (scale.most - scale.least) * 0.15;
    scale.least -= room;
    scale.most += room;
    return scale;
}

static void add_name(struct buffer *out, const char *name)
{
    size_t length = strlen(name);

    markup_add_harmless(out, name, text_cut(name, length, NAME_BYTES));
    buffer_add_text(out, length <= NAME_BYTES ? "" : "...");
}

/* So many names stand side by side. */
static size_t count_names(const struct trend *trend)
{
    size_t longest = 1, fit;

    for (size_t i = 0; i < trend->build_count; i++) {
        size_t length = strlen(trend->builds[i].name);
        longest = length > NAME_BYTES ? NAME_ROOM : length > longest ? length : longest;
        if (longest == NAME_ROOM)
            break;
    }
    fit = (WIDTH - LEFT - RIGHT) / (longest * BYTE_WIDTH);
    return fit < NAMES_AT_MOST ? fit : NAMES_AT_MOST;
}

static void add_axes(const struct trend *trend, const struct scale *scale, struct buffer *out)
{
    size_t names = count_names(trend), every = (trend->build_count + names - 1) / names;

    for (int i = 0; i <= 4; i++) {
        double value = scale->least + (scale->most - scale->least) * i / 4, y = y_of(scale, value);
        buffer_format(out, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, y, WIDTH - RIGHT);
        buffer_format(out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 8, y + 4);
        trend_add_value(trend, out, trend->is_time ? value : round(value * 10) / 10);
        buffer_add_text(out, "</text>\n");
    }
    for (size_t i = 0; i < trend->build_count; i += every) {
        buffer_format(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">",
                      x_of(scale, (double)i), HEIGHT - 8);
        add_name(out, trend->builds[i].name);
        buffer_add_text(out, "</text>\n");
    }
}

static void add_dots(const struct trend *trend, const struct scale *scale, struct buffer *out)
{
    size_t every = trend->value_count / DOTS_AT_MOST + 1;

    for (size_t i = 0; i < trend->build_count; i++) {
        const struct trend_build *build = &trend->builds[i];
        for (size_t k = 0; k < build->count; k += every)
            buffer_format(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>",
                          x_of(scale, (double)i) + ((double)(k % 5) - 2) * 0.8,
                          y_of(scale, trend->values[build->first + k]));
        buffer_format(out, "<path class=\"median\" d=\"M%.1f %.1fh6\"><title>",
                      x_of(scale, (double)i) - 3, y_of(scale, build->median));
        add_name(out, build->name);
        buffer_add_text(out, ": ");
        trend_add_value(trend, out, build->median);
        buffer_add_text(out, "</title></path>\n");
    }
}

/* The name of a build that began something stands at its line, on the side where there is room. */
static void add_levels(const struct trend *trend, const struct scale *scale, struct buffer *out)
{
    for (size_t i = 0; i < trend->level_count; i++) {
        const struct trend_level *level = &trend->levels[i];
        double from = x_of(scale, (double)level->first - 0.5),
               to = x_of(scale, (double)(level->first + level->count) - 0.5);
        bool is_right = from > WIDTH * 0.7;
        buffer_format(out, "<path class=\"level\" d=\"M%.1f %.1fH%.1f\"/>\n", from,
                      y_of(scale, level->median), to);
        if (i == 0)
            continue;
        buffer_format(out, "<path class=\"begin\" d=\"M%.1f %dV%d\"/>", from, TOP - 8,
                      HEIGHT - BOTTOM);
        buffer_format(out, "<text class=\"begin\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">",
                      from + (is_right ? -4 : 4), TOP - 10 + (int)(i % 2) * 12,
                      is_right ? "end" : "start");
        add_name(out, trend->builds[level->first].name);
        if (level[-1].median > 0)
            buffer_format(out, ": %+.1f %%", (level->median / level[-1].median - 1) * 100);
        buffer_add_text(out, "</text>\n");
    }
}

void trend_add_picture(const struct trend *trend, struct buffer *out)
{
    struct scale scale = find_scale(trend);

    buffer_format(out, "<svg class=\"trend\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
                  WIDTH, HEIGHT);
    markup_add_harmless(out, trend->what, strlen(trend->what));
    buffer_format(out, " over %zu builds\">\n", trend->build_count);
    add_axes(trend, &scale, out);
    add_dots(trend, &scale, out);
    add_levels(trend, &scale, out);
    buffer_add_text(out, "</svg>\n");
}
