/* What a fleet's server is told and says: addresses, rows, hashes, complaints. */
#include "fleet/address.h"
#include "fleet/complaint.h"
#include "fleet/push/content_hash.h"
#include "fleet/push/row_binary.h"
#include "unit.h"

#include <string.h>

static void test_address(void **state)
{
    static const char *const bad[] = {
        "",
        "ftp://h/d",
        "http://",
        "http:///d",
        "http://h",
        "http://h/",
        "http://h/d?password=x",
        "http://h/d#x",
        "http://h/d/e",
        "http://h/d//",
        "http://h x/d",
        "http://h\x1b/d",
        "http://h/d`",
    };
    struct address address;
    struct trail_error error;

    assert_int_equal(address_parse("http://h-1.x:8123/trail_2", &address, &error), 0);
    assert_string_equal(address.server, "http://h-1.x:8123");
    assert_string_equal(address.database, "trail_2");
    assert_int_equal(address_parse("https://[::1]:8443/d/", &address, &error), 0);
    assert_string_equal(address.server, "https://[::1]:8443");
    assert_string_equal(address.database, "d");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(address_parse(bad[i], &address, &error), -1);
    assert_int_equal(address_parse("http://me:secret@h/d", &address, &error), -1);
    assert_non_null(strstr(error.sentence, "CLICKHOUSE_PASSWORD"));
    assert_null(strstr(error.sentence, "secret"));
}

/* FIPS 180-4's example, where the build has OpenSSL. */
static void test_content_hash(void **state)
{
    static const unsigned char known[CONTENT_HASH_BYTES] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01,
                                                            0xcf, 0xea, 0x41, 0x41, 0x40, 0xde,
                                                            0x5d, 0xae, 0x22, 0x23};
    unsigned char hash[CONTENT_HASH_BYTES];
    struct trail_error error;

    if (content_hash("abc", 3, hash, &error) == 0)
        assert_memory_equal(hash, known, sizeof known);
    else
        assert_non_null(strstr(error.sentence, "OpenSSL"));
}

static void test_rows(void **state)
{
    static const struct row_uuid uuid = {
        {8, 7, 6, 5, 4, 3, 2, 1, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11}};
    static const unsigned char bytes[] = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xac,
                                          0x02, 2,    'a',  0,    1,    3,    2,    1,    0};
    struct buffer row = {0};
    char text[ROW_UUID_CAPACITY];

    row_add_integer(&row, -2);
    row_add_length(&row, 300);
    row_add_text(&row, "a", 2);
    row_add_null(&row, true);
    row_add_unsigned(&row, 0x00010203, 4);
    assert_int_equal(row.length, sizeof bytes);
    assert_memory_equal(row.data, bytes, sizeof bytes);
    assert_string_equal(row_uuid_text(&uuid, text), "01020304-0506-0708-1112-131415161718");
    buffer_release(&row);
}

static const char *said(long status, const char *text, struct trail_error *error)
{
    complaint_say("http://h:1", status, text, strlen(text), error);
    return error->sentence;
}

/* ClickHouse 18.16's words and a later one's, and those of others. */
static void test_complaints(void **state)
{
    struct trail_error error;

    assert_string_equal(said(500,
                             "Code: 62, e.displayText() = DB::Exception: Syntax error: x, "
                             "e.what() = DB::Exception\n",
                             &error),
                        "http://h:1 says: Syntax error: x (62)");
    assert_string_equal(said(500,
                             "Code: 62. DB::Exception: Syntax error: x. (SYNTAX_ERROR) (version "
                             "24.8.4.13 (official build))\n",
                             &error),
                        "http://h:1 says: Syntax error: x. (SYNTAX_ERROR) (62)");
    assert_string_equal(said(502, "<h1>\x1b[1m\n</h1>", &error),
                        "http://h:1 answers with HTTP status 502: <h1>\\x1B[1m");
    assert_string_equal(said(504, "", &error), "http://h:1 answers with HTTP status 504");
    assert_non_null(strstr(said(403, "Code: 516. DB::Exception: no", &error), "~/.netrc"));
    assert_int_equal(complaint_code("Code: 252. ", 11), 252);
    assert_int_equal(complaint_code("Code: 252", 9), 252);
    assert_int_equal(complaint_code("Code: ", 6), 0);
    assert_int_equal(complaint_code("code: 252", 9), 0);
    assert_true(complaint_passes(252));
    assert_false(complaint_passes(62));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_address),
    cmocka_unit_test(test_content_hash),
    cmocka_unit_test(test_rows),
    cmocka_unit_test(test_complaints),
};
UNIT_MAIN(tests)
