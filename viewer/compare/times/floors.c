/* See floors.h. */
#include "floors.h"

#include "human.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "5%" or "1ms" */
static int parse_floor(struct evidence_floors *floors, const char *word, size_t length)
{
    char copy[32], *end;
    int64_t ns;
    double percent;

    snprintf(copy, sizeof copy, "%.*s", (int)(length < sizeof copy ? length : 0), word);
    percent = strtod(copy, &end);
    if (end > copy && strcmp(end, "%") == 0 && percent >= 0)
        floors->share = percent / 100;
    else if (human_parse_time(copy, &ns) == 0)
        floors->ns = (double)ns;
    else
        return -1;
    return 0;
}

int floors_parse(const char *text, struct evidence_floors *floors, struct trail_error *error)
{
    const char *next;

    *floors = evidence_floors_default;
    for (const char *at = text; at != NULL; at = next) {
        size_t length = strcspn(at, ",");
        next = at[length] == ',' ? at + length + 1 : NULL;
        if (parse_floor(floors, at, length) != 0)
            return error_set(error, TRAIL_FAILED, 0,
                             "--threshold is a share, a time, or both, as in 2%%,0.2ms, not '%s'",
                             text);
    }
    return 0;
}
