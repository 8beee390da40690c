/*
 * Text: everything inside Trail is UTF-8. Bytes from a target may be anything; what is not valid
 * UTF-8 or UTF-16 stays visible as an escape (\xFF for a byte, \uD800 for a lone surrogate) and is
 * never dropped. Pure functions, any thread.
 */
#ifndef TRAIL_TEXT_H
#define TRAIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The most that text_from_bytes and text_from_utf16 write for `units` input units, with the final
 * NUL.
 */
#define TEXT_FROM_BYTES_CAPACITY(units) (4 * (units) + 1)
#define TEXT_FROM_UTF16_CAPACITY(units) (6 * (units) + 1)

/*
 * Copies bytes that should be UTF-8 into out (capacity as above, NUL-terminated); each byte that is
 * not part of valid UTF-8 becomes \xHH. Returns the length written without the NUL; *exact says
 * whether nothing had to be escaped.
 */
size_t text_from_bytes(const void *bytes, size_t length, char *out, bool *exact);

/* The same for UTF-16 in the machine's byte order; each lone surrogate becomes \uHHHH. */
size_t text_from_utf16(const uint16_t *units, size_t length, char *out, bool *exact);

/*
 * Decodes one code point of UTF-8. Returns how many bytes it takes (1 to 4) and fills *code_point,
 * or 0 where the bytes are not valid UTF-8 (overlong forms, surrogates and values over 10FFFF are
 * not).
 */
size_t text_decode(const char *bytes, size_t length, uint32_t *code_point);

/*
 * How much of a valid UTF-8 text to keep so that it has at most `limit` bytes and ends with a whole
 * character.
 */
size_t text_cut(const char *text, size_t length, size_t limit);

/*
 * Case, as Windows ignores it in the names of files (letter_case.def), the same on all systems. A
 * capital's small letter; all else as it is.
 */
uint32_t text_fold(uint32_t code_point);
/* Copies a text in small letters; out has room for TEXT_FOLDED_CAPACITY. Returns its length. */
#define TEXT_FOLDED_CAPACITY(bytes) (3 * (bytes) + 1)
size_t text_fold_into(const char *text, char *out);
/* Like strcmp. */
int text_compare_ignoring_case(const char *a, const char *b);
bool text_equal_ignoring_case(const char *a, const char *b);

/*
 * Matches a whole name against a glob: * any run of characters, ? one character, [abc] [a-z] [!a]
 * one of a set. There is no escape character (a backslash is a path separator on Windows); [*]
 * matches a star. An unclosed [ stands for itself.
 */
bool text_glob(const char *glob, const char *name, bool ignore_case);

bool text_ends_with(const char *text, const char *end);

/*
 * The part of a path after its last separator. Both / and \ separate where the path looks like a
 * Windows path, else only /.
 */
const char *text_base_name(const char *path);

/* How many of a path's bytes are its folder, with the last separator: / or \, whatever path it is.
 */
size_t text_folder_bytes(const char *path, size_t length);

/*
 * A span of time as people are shown it, with three digits that matter: "850 ns", "12.3 us",
 * "1.23 ms", "4.56 s". Fills `out`, which has TEXT_DURATION_CAPACITY bytes, and returns it.
 */
enum { TEXT_DURATION_CAPACITY = 48 };
const char *text_duration(char *out, int64_t ns);

/*
 * For tables of our own in memory: FNV-1a, of 32 bits; of 64 bits, which goes on from what came
 * before and begins with TEXT_HASH_64_START. Anybody can make collisions.
 */
uint32_t text_hash(const void *bytes, size_t length);
#define TEXT_HASH_64_START UINT64_C(0xcbf29ce484222325)
uint64_t text_hash_64(uint64_t hash, const void *bytes, size_t length);

#endif
