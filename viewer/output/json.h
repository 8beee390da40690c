/*
 * Reading JSON text that may come from a hostile file: whether it is JSON at all, and an object as
 * key=value pairs. Pure functions.
 */
#ifndef TRAIL_JSON_H
#define TRAIL_JSON_H

#include "buffer.h"

/*
 * Whether the text is one JSON object or array (RFC 8259, not nested deeper than 64) and nothing
 * else.
 */
bool json_is_container(const char *text, size_t length);

/*
 * Adds the members of an object as `key=value key="two words"`; members that are null or [] are
 * left out, nested values stay JSON. Text that is not a JSON object is added as it is. The result
 * is not yet fit for a terminal.
 */
void json_to_pairs(struct buffer *out, const char *text, size_t length);

#endif
