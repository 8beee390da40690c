/*
 * Text of a target on its way to a terminal, to JSON and into a glob: what comes out is harmless,
 * and fits where it is said to fit.
 */
#include "fuzz.h"

#include "compare/model/module_key.h"
#include "compare/match/pattern.h"
#include "compare/model/place.h"
#include "escape.h"
#include "query.h"
#include "text.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static void expect_harmless(const struct buffer *out, bool has_lines)
{
    size_t fitting;

    for (size_t i = 0; i < out->length; i++)
        FUZZ_EXPECT((unsigned char)out->data[i] >= 0x20 && out->data[i] != 0x7F);
    FUZZ_EXPECT(has_lines || memchr(buffer_text(out), '\n', out->length) == NULL);
    for (size_t width = 0; width < 8; width++) {
        fitting = escape_fitting_bytes(buffer_text(out), out->length, width);
        FUZZ_EXPECT(fitting <= out->length &&
                    escape_display_width(buffer_text(out), fitting) <= width);
    }
}

/* The number that a SELECT says of the text; -1 on failure. */
static int ask(const char *sql, const char *text, size_t size)
{
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = NULL;
    int answer = -1;

    FUZZ_EXPECT(sqlite3_open(":memory:", &db) == SQLITE_OK &&
                sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
    sqlite3_bind_text(statement, 1, text, (int)size, SQLITE_STATIC);
    if (sqlite3_step(statement) == SQLITE_ROW)
        answer = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return answer;
}

static bool is_json(const char *text, size_t size)
{
    return ask("SELECT json_valid(?1)", text, size) == 1;
}

/* By the names that comparing makes of a path. */
static void make_keys(const char *text)
{
    struct buffer out = {0};

    for (int folds_case = 0; folds_case < 2; folds_case++) {
        module_key_add(&out, text, folds_case != 0);
        place_add(&out, text, &(struct place_roots){.app = "/opt/app", .temps = {"/s"}},
                  folds_case != 0);
        place_add_folder(&out, text, folds_case != 0);
    }
    pattern_add(&out, text);
    FUZZ_EXPECT(!out.failed);
    buffer_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer out = {0};
    char *text = malloc(size + 1);

    FUZZ_EXPECT(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    escape_for_terminal(&out, text, size);
    expect_harmless(&out, false);
    buffer_clear(&out);
    escape_json_string(&out, text, size);
    expect_harmless(&out, false);
    FUZZ_EXPECT(out.length >= 2 && out.data[0] == '"' && out.data[out.length - 1] == '"');
    buffer_clear(&out);
    if (is_json(text, size)) {
        escape_json_document(&out, text, size);
        FUZZ_EXPECT(is_json(buffer_text(&out), out.length));
    }
    FUZZ_EXPECT(ask("SELECT " QUERY_PAIRS("?1") " IS NOT NULL OR ?1 IS NULL", text, size) == 1);
    buffer_release(&out);
    make_keys(text);
    if (size < 256) /* a glob and the text that it is held against, half of the input each */
        text_glob(text + size / 2, text, true);
    free(text);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const char *const seeds[] = {
        "plain text, \xC3\xA4\xE6\x96\xB0\xF0\x9F\x98\x80 and \xE2\x80\xAE bidi",
        "\x1B[31mred\x07\r\n\t\x7F",
        "\xFF\xC3 \xED\xA0\x80 cut \xE2\x82",
        "{\"a\":[1,2.5e3,\"\\u202e\\n\",null,true],\"b\":{\"c\":\"d\"}}",
        "C:\\Users\\ada\\AppData\\Local\\Temp\\_MEI12345\\libfoo-1.2.dll",
        "/home/ada/.cache/6F9619FF-8B86-D011-B42D-00C04FC964FF/libgfortran-040039e1.so.5.0.0",
        "pid 4711 at 0x7ffe12: deadbeef01",
        "*a[a-z]?b*[!x]*c*",
        "e\xCC\x81\xE3\x81\x82 zero width\xE2\x80\x8B",
    };
    size_t size = number < sizeof seeds / sizeof seeds[0] ? strlen(seeds[number]) : 0;

    if (size > room)
        return 0;
    memcpy(out, size > 0 ? seeds[number] : "", size);
    return size;
}
