/* See raster.h. */
#include "raster.h"

#include <math.h>
#include <string.h>

size_t raster_at(const struct picture *picture, int64_t ns, size_t steps)
{
    double span = (double)(picture->to_ns - picture->from_ns),
           at = (double)(ns - picture->from_ns) * (double)steps / (span > 0 ? span : 1);

    return at <= 0 ? 0 : at >= (double)steps ? steps : (size_t)at;
}

/* The first step of a part and the one behind its last: at least one, within the scale. */
static void steps_of(const struct picture *picture, const struct picture_part *part, size_t all,
                     size_t *begin, size_t *end)
{
    *begin = raster_at(picture, part->t_ns, all);
    *end = raster_at(picture, part->end_ns, all);
    if (*begin == all)
        *begin = all - 1;
    if (*end <= *begin)
        *end = *begin + 1;
}

static bool is_visible(const struct picture *picture, const struct picture_part *part)
{
    return part->t_ns <= picture->to_ns && part->end_ns >= picture->from_ns;
}

/* Of several parts in one step the longest is seen, and always what failed. */
static double weight_of(const struct picture_part *part)
{
    return part->style == PART_FAILED || part->style == PART_EXCEPTION
               ? HUGE_VAL
               : (double)(part->end_ns - part->t_ns);
}

bool raster_fill(const struct picture *picture, const struct picture_row *row,
                 struct raster_step *steps, size_t cells, size_t *first, size_t *last)
{
    const struct picture_part *part = picture->parts + row->first_part;
    size_t begin, end;

    for (size_t i = 0; i < cells * RASTER_STEPS; i++)
        steps[i] = (struct raster_step){RASTER_EMPTY, -1};
    *first = cells;
    *last = 0;
    for (size_t i = row->part_count; i > 0; i--, part++) {
        if (!is_visible(picture, part))
            continue;
        steps_of(picture, part, cells * RASTER_STEPS, &begin, &end);
        for (size_t at = begin; at < end; at++)
            if (weight_of(part) > steps[at].weight)
                steps[at] = (struct raster_step){part->style, weight_of(part)};
        *first = begin / RASTER_STEPS < *first ? begin / RASTER_STEPS : *first;
        *last = (end - 1) / RASTER_STEPS > *last ? (end - 1) / RASTER_STEPS : *last;
    }
    return *first < cells;
}

struct raster_cell raster_cell(const struct raster_step *steps)
{
    unsigned counts[PART_STYLES + 1] = {0};
    struct raster_cell cell = {RASTER_EMPTY, 0, 0};

    for (size_t i = 0; i < RASTER_STEPS; i++)
        counts[steps[i].style]++;
    for (unsigned char style = 0; style < PART_STYLES; style++)
        if (counts[style] > 0 && (cell.style == RASTER_EMPTY || counts[style] > counts[cell.style]))
            cell.style = style;
    if (counts[PART_FAILED] > 0 || counts[PART_EXCEPTION] > 0) /* never hidden */
        cell.style = counts[PART_FAILED] > 0 ? PART_FAILED : PART_EXCEPTION;
    for (size_t i = 0; cell.style != RASTER_EMPTY && i < RASTER_STEPS; i++) {
        if (steps[i].style == RASTER_EMPTY)
            continue;
        cell.begin = cell.end == 0 ? (unsigned char)i : cell.begin;
        cell.end = (unsigned char)(i + 1);
    }
    return cell;
}

static void count_shares(const struct picture *picture, const struct picture_part *part,
                         size_t count, size_t *counts, size_t cells)
{
    double cell_ns = (double)(picture->to_ns - picture->from_ns) / (double)cells;

    for (; count > 0; count--, part++) {
        double length = (double)(part->end_ns - part->t_ns);
        size_t first = raster_at(picture, part->t_ns, cells),
               last = raster_at(picture, part->end_ns, cells);
        for (size_t i = first; i <= last && i < cells; i++) {
            double from = (double)picture->from_ns + cell_ns * (double)i,
                   begin = fmax(from, (double)part->t_ns),
                   end = fmin(from + cell_ns, (double)part->end_ns);
            counts[i] += length <= 0   ? 1000
                         : end > begin ? (size_t)(1000 * (end - begin) / length)
                                       : 0;
        }
    }
}

void raster_count(const struct picture *picture, const struct picture_row *row, size_t *counts,
                  size_t cells)
{
    const struct picture_part *part = picture->parts + row->first_part;
    size_t begin, end, alive = 0;

    memset(counts, 0, (cells + 1) * sizeof *counts);
    if (row->kind == PICTURE_RATE) {
        count_shares(picture, part, row->part_count, counts, cells);
        return;
    }
    for (size_t i = row->part_count; i > 0; i--, part++) {
        if (!is_visible(picture, part))
            continue;
        steps_of(picture, part, cells, &begin, &end);
        counts[begin]++;
        counts[end]--; /* modulo: the sums below are never negative */
    }
    for (size_t i = 0; i < cells; i++) {
        alive += counts[i];
        counts[i] = alive;
    }
}
