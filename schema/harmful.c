/*
 * See harmful.h. The ranges are those of DerivedGeneralCategory.txt of Unicode 14.0 for Cc, Cf, Zl
 * and Zp, with what is unassigned between them (2065, 13439 to 1343F, E0000, and the rest of the
 * tags' block up to E00FF).
 */
#include "harmful.h"

#include "text.h"

#include <string.h>

static const uint32_t ranges[][2] = {
    {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x0600, 0x0605},
    {0x061C, 0x061C},   {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x0890, 0x0891},
    {0x08E2, 0x08E2},   {0x180E, 0x180E},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},   {0x110BD, 0x110BD},
    {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE00FF},
};

bool harmful_is(uint32_t code_point)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0] && code_point >= ranges[i][0]; i++)
        if (code_point <= ranges[i][1])
            return true;
    return false;
}

bool harmful_escape(const char *text, size_t length, size_t *size, char *out)
{
    uint32_t c = (unsigned char)*text;
    size_t decoded = text_decode(text, length, &c);

    *size = decoded > 0 ? decoded : 1;
    if (decoded > 0 && !harmful_is(c))
        return false;
    if (c == '\n' || c == '\r' || c == '\t')
        snprintf(out, HARMFUL_ESCAPE_CAPACITY, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
    else
        snprintf(out, HARMFUL_ESCAPE_CAPACITY,
                 decoded < 2  ? "\\x%02X"
                 : c > 0xFFFF ? "\\U%08X"
                              : "\\u%04X",
                 (unsigned)c);
    return true;
}

void harmful_print(FILE *stream, const char *text)
{
    char escape[HARMFUL_ESCAPE_CAPACITY];

    for (size_t size, left = strlen(text); left > 0; text += size, left -= size) {
        if (harmful_escape(text, left, &size, escape))
            fputs(escape, stream);
        else
            fwrite(text, 1, size, stream);
    }
}

void harmful_say(const char *program, const char *sentence)
{
    fprintf(stderr, "%s: ", program);
    harmful_print(stderr, sentence);
    fputc('\n', stderr);
    fflush(stderr);
}
