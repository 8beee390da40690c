/*
 * A server's answer: its first byte says how many columns. However it is cut into pieces, the rows
 * are the same, and each value ends where it says.
 */
#include "fleet/tsv.h"
#include "fuzz.h"

#include <string.h>

struct seen {
    size_t rows, columns;
    uint64_t check;
};

static int take(void *context, const struct tsv_value *values, struct trail_error *error)
{
    struct seen *seen = context;

    (void)error;
    seen->rows++;
    for (size_t i = 0; i < seen->columns; i++) {
        FUZZ_EXPECT(values[i].text == NULL || values[i].text[values[i].length] == '\0');
        FUZZ_EXPECT(values[i].text != NULL || values[i].length == 0);
        seen->check = seen->check * 31 + values[i].length + (values[i].text == NULL);
        for (size_t k = 0; k < values[i].length; k++)
            seen->check = seen->check * 31 + (unsigned char)values[i].text[k];
    }
    return 0;
}

static int feed(const uint8_t *data, size_t size, size_t columns, size_t piece, struct seen *seen)
{
    struct trail_error error = {TRAIL_OK, 0, ""};
    struct tsv tsv = {0};
    int result = 0;

    *seen = (struct seen){.columns = columns};
    tsv_begin(&tsv, columns, take, seen);
    for (size_t at = 0; at < size && result == 0; at += piece)
        result =
            tsv_feed(&tsv, (const char *)data + at, size - at < piece ? size - at : piece, &error);
    if (result == 0)
        result = tsv_end(&tsv, &error);
    FUZZ_EXPECT(result == 0 || error.sentence[0] != '\0');
    tsv_release(&tsv);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t columns = size > 0 ? data[0] % TSV_COLUMNS_MAX + 1 : 1;
    struct seen whole, pieces;

    if (size == 0)
        return 0;
    FUZZ_EXPECT(feed(data + 1, size - 1, columns, size, &whole) ==
                feed(data + 1, size - 1, columns, 1, &pieces));
    FUZZ_EXPECT(whole.rows == pieces.rows && whole.check == pieces.check);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const char *const seeds[] = {
        "\x01"
        "one\ttwo\n\\N\t\n\\\\\\t\\n\ta\\'b\n",
        "\x40"
        "\\N\n\n\\",
        "\x03"
        "a\tb\n",
        "\x02"
        "\\Nx\ty\n",
        "\x01"
        "\\q\n",
    };
    size_t size = number < sizeof seeds / sizeof seeds[0] ? strlen(seeds[number]) : 0;

    if (size > room)
        return 0;
    memcpy(out, size > 0 ? seeds[number] : "", size);
    return size;
}
