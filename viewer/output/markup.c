/* See markup.h. */
#include "markup.h"

#include "escape.h"

#include <string.h>

void markup_add(struct buffer *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        switch (text[i]) {
        case '&':
            buffer_add_text(out, "&amp;");
            break;
        case '<':
            buffer_add_text(out, "&lt;");
            break;
        case '>':
            buffer_add_text(out, "&gt;");
            break;
        case '"':
            buffer_add_text(out, "&quot;");
            break;
        default:
            buffer_add_char(out, text[i]);
        }
    }
}

void markup_add_harmless(struct buffer *out, const char *text, size_t length)
{
    struct buffer harmless = {0};

    escape_for_terminal(&harmless, text, length);
    markup_add(out, buffer_text(&harmless), harmless.length);
    out->failed |= harmless.failed;
    buffer_release(&harmless);
}

const char *markup_class(const char *word)
{
    static const struct {
        const char *word, *class;
    } classes[] = {{"+ ", "add"},           {"- ", "remove"},
                   {"> ", "move"},          {"! ", "change"},
                   {"Exception", "remove"}, {"RipEvent", "remove"},
                   {"problem", "remove"},   {"interrupted", "move"},
                   {"recovered", "move"},   {"recording", "move"},
                   {"LoadDll", "add"},      {"ok", "add"},
                   {"Mark", "change"},      {"OutputDebugString", "change"},
                   {"violated", "remove"},  {"holds", "add"}};

    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (strncmp(word, classes[i].word, strlen(classes[i].word)) == 0)
            return classes[i].class;
    return "";
}
