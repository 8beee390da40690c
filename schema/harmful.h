/*
 * The code points that may not reach a terminal, or a reader, as they are: they steer the terminal,
 * reorder what is read, or cannot be seen. Pure, any thread.
 */
#ifndef TRAIL_HARMFUL_H
#define TRAIL_HARMFUL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Whether the code point has Unicode's general category Cc (controls), Cf (format characters:
 * bidirectional controls, zero-width, interlinear, tags), Zl or Zp (separators of lines and
 * paragraphs).
 */
bool harmful_is(uint32_t code_point);

/*
 * Whether the text (at least one byte) begins with something harmful, or with a byte that is no
 * UTF-8. Then its escape is in `out`: \n \r \t, \xHH for another byte, \uHHHH or \UHHHHHHHH.
 * *size is how many bytes it takes in the text.
 */
enum { HARMFUL_ESCAPE_CAPACITY = 12 };
bool harmful_escape(const char *text, size_t length, size_t *size, char *out);

/* Prints the text, which may be anybody's, with escapes for what could harm. */
void harmful_print(FILE *stream, const char *text);

/* Prints "program: sentence" as a line on stderr, the sentence made harmless. */
void harmful_say(const char *program, const char *sentence);

#endif
