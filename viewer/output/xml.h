/* Text for XML 1.0. Pure functions. */
#ifndef TRAIL_XML_H
#define TRAIL_XML_H

#include "buffer.h"

/*
 * Adds text, which is harmless on a terminal already, for an attribute in double quotes or for an
 * element. What XML has no characters for, and bytes that are no UTF-8, become the visible text
 * \xHH.
 */
void xml_add(struct buffer *out, const char *text);

#endif
