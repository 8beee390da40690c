/* --threshold: which changes of times are too small to matter. */
#ifndef TRAIL_FLOORS_H
#define TRAIL_FLOORS_H

#include "evidence.h"

/* "5%", "1ms" or both, "2%,0.2ms"; NULL, and what is not named, is the default. 0, or -1 and error.
 */
int floors_parse(const char *text, struct evidence_floors *floors, struct trail_error *error);

#endif
