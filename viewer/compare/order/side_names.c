/* See side_names.h. */
#include "side_names.h"

#include "text.h"

#include <string.h>

enum { NAME_BYTES = 60 };

void side_add_name(struct buffer *out, const struct recordings *all, uint32_t name)
{
    const char *text = recordings_text(all, name);
    size_t length = strlen(text), shown = text_cut(text, length, NAME_BYTES);

    buffer_add(out, text, shown);
    buffer_add_text(out, shown < length ? "..." : "");
}

void side_add_gap_name(struct buffer *out, const struct recordings *all, const struct side_gap *gap)
{
    side_add_name(out, all, gap->from);
    buffer_add_text(out, " -> ");
    side_add_name(out, all, gap->to);
}

void side_add_phase_name(struct buffer *out, const struct recordings *all,
                         const struct side_phase *phase)
{
    side_add_name(out, all, phase->from);
    buffer_add_text(out, "..");
    side_add_name(out, all, phase->to);
}
