/*
 * The parser of rules files: what it understands, how it complains, and that no input takes it
 * down.
 */
#include "rules/write.h"
#include "unit.h"

#include "rules/path_glob.h"
#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct trail_error error;
static struct rules rules;

static int parse_bytes(const char *text, size_t length)
{
    char *copy = malloc(length + (length == 0)); /* of the exact size, for the sanitizer's sake */
    int result;

    assert_non_null(copy);
    memcpy(copy, text, length);
    result = rules_parse("a.rules", copy, length, &rules, &error);
    free(copy);
    return result;
}

static void parse(const char *text)
{
    if (parse_bytes(text, strlen(text)) != 0)
        fail_msg("%s", error.sentence);
}

/*
 * A file with the header and this line, which must be refused with the sentence that follows
 * "a.rules:2:COLUMN: ".
 */
static void expect_complaint(const char *line, unsigned column, const char *sentence)
{
    char text[1024], expected[1024];

    snprintf(text, sizeof text, "trail-rules 1\n%s", line);
    snprintf(expected, sizeof expected, "a.rules:2:%u: %s", column, sentence);
    if (parse_bytes(text, strlen(text)) == 0)
        fail_msg("no complaint about: %s", line);
    assert_string_equal(error.sentence, expected);
    rules_release(&rules);
}

static void expect_words(const struct rule *rule, size_t count, ...)
{
    va_list words;

    va_start(words, count);
    assert_int_equal(rule->word_count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(rule->words[i], va_arg(words, const char *));
    va_end(words);
}

static void test_every_kind(void **state)
{
    const struct rule *rule;

    parse("# by hand\r\n\r\ntrail-rules 1\r\nrequire libssl.so # needed\r\n  allow \"my "
          "\"\"own\"\" plugin.dll\"\n\tforbid *\n"
          "order a.so < b.so<c.so\npath version.dll {system} \"C:\\Program Files\\*\"\n"
          "identity x.dll version=1.2 build-id=ab \"version=1.3 (x)\"\nlimit loads 120\nlimit time "
          "start..mark:ready 450ms\n"
          "require process app.exe\n[process helper.exe]\nforbid evil#.dll\n[ run ] # again\nallow "
          "\"process\"");
    assert_int_equal(rules.count, 11);
    rule = rules.rules;
    assert_int_equal(rule->kind, RULE_REQUIRE);
    assert_int_equal(rule->line, 4);
    assert_int_equal(rule->column, 1);
    assert_string_equal(rule->text, "require libssl.so");
    assert_null(rule->process);
    assert_false(rule->is_learned);
    expect_words(rule++, 1, "libssl.so");
    assert_int_equal(rule->column, 3);
    assert_string_equal(rule->text, "allow \"my \"\"own\"\" plugin.dll\"");
    expect_words(rule++, 1, "my \"own\" plugin.dll");
    assert_int_equal(rule->kind, RULE_FORBID);
    expect_words(rule++, 1, "*");
    expect_words(rule++, 3, "a.so", "b.so", "c.so");
    expect_words(rule++, 3, "version.dll", "{system}", "C:\\Program Files\\*");
    assert_int_equal(rule->keys[0], IDENTITY_VERSION);
    assert_int_equal(rule->keys[1], IDENTITY_BUILD_ID);
    assert_int_equal(rule->keys[2], IDENTITY_VERSION);
    expect_words(rule++, 4, "x.dll", "1.2", "ab", "1.3 (x)");
    assert_int_equal(rule->measure, MEASURE_LOADS);
    assert_int_equal(rule++->most, 120);
    assert_int_equal(rule->measure, MEASURE_TIME);
    assert_int_equal(rule->from.kind, POINT_START);
    assert_int_equal(rule->to.kind, POINT_MARK);
    assert_string_equal(rule->to.name, "ready");
    assert_int_equal(rule++->most, 450000000);
    assert_true(rule->about == ABOUT_PROCESSES);
    expect_words(rule++, 1, "app.exe");
    assert_string_equal(rule->process, "helper.exe");
    expect_words(rule++, 1, "evil#.dll");
    rules_release(&rules);
}

static void test_points(void **state)
{
    parse("trail-rules 1\nlimit time first-load..last-load 1s\nlimit time load:a..b.dll..mark:x..y "
          "5us median 4us\nlimit time mark:start..end 7\n");
    assert_int_equal(rules.rules[0].from.kind, POINT_FIRST_LOAD);
    assert_int_equal(rules.rules[0].to.kind, POINT_LAST_LOAD);
    assert_string_equal(rules.rules[1].from.name, "a..b.dll");
    assert_string_equal(rules.rules[1].to.name, "x..y");
    assert_int_equal(rules.rules[1].most, 5000);
    assert_int_equal(rules.rules[1].most_median, 4000);
    assert_string_equal(rules.rules[2].from.name, "start");
    assert_int_equal(rules.rules[2].to.kind, POINT_END);
    rules_release(&rules);
}

static void test_learned_part(void **state)
{
    static const char text[] =
        "trail-rules 1\nallow x\n# --- learned from 9 runs\nrequire a\n[process b]\nrequire c\n"
        "# --- end of what was learned\nrequire d\n";

    parse(text);
    assert_int_equal(rules.count, 4);
    assert_false(rules.rules[0].is_learned);
    assert_true(rules.rules[1].is_learned);
    assert_true(rules.rules[2].is_learned);
    assert_string_equal(rules.rules[2].process, "b");
    assert_false(rules.rules[3].is_learned);
    assert_null(rules.rules[3].process);
    assert_ptr_equal(strstr(rules.text, "# --- learned"), rules.text + rules.learned_start);
    assert_ptr_equal(strstr(rules.text, "require d"), rules.text + rules.learned_end);
    rules_release(&rules);
}

static void test_complaints(void **state)
{
    expect_complaint("requre a", 1, "unknown rule 'requre'; did you mean 'require'?");
    expect_complaint("  frobnicate a", 3,
                     "unknown rule 'frobnicate'; there are require, allow, forbid, order, path, "
                     "cause, identity, arguments, environment and limit");
    expect_complaint("\"require\" a", 1, "unknown rule 'require'; did you mean 'require'?");
    expect_complaint("require", 8, "a module's name is missing");
    expect_complaint("require a b", 11,
                     "'b' is one word too many; a name with blanks stands in quotes");
    expect_complaint("require \"a", 9, "this quote is not closed");
    expect_complaint("require \"a\"b", 12, "a blank is missing after the quote");
    expect_complaint("require \"\"", 9, "an empty name");
    expect_complaint("forbid process # what?", 16, "a program's name is missing");
    expect_complaint("order a", 8, "'<' and a second name are missing: order A < B");
    expect_complaint("order a b", 9, "'<' is missing between two names: order A < B");
    expect_complaint("order a <", 10, "a module's name is missing");
    expect_complaint("order < a", 7, "a module's name is missing before '<'");
    expect_complaint("order a < < b", 11, "a module's name is missing before '<'");
    expect_complaint("path a", 7, "a path is missing");
    expect_complaint("path a {sytem}", 8,
                     "unknown placeholder '{sytem}'; did you mean '{system}'?");
    expect_complaint("path a {app} {app}/{guid}", 14,
                     "unknown placeholder '{guid}'; did you mean '{uuid}'?");
    expect_complaint("identity a", 11, "a key=value is missing");
    expect_complaint("identity a verson=1", 12, "unknown key 'verson'; did you mean 'version'?");
    expect_complaint("identity a version", 12,
                     "this is no key=value: version=, build-id=, pdb= or size=");
    expect_complaint("identity a version=", 12,
                     "this is no key=value: version=, build-id=, pdb= or size=");
    expect_complaint("limit", 6, "what is limited is missing");
    expect_complaint("limit load 5", 7, "unknown limit 'load'; did you mean 'loads'?");
    expect_complaint("limit loads", 12, "a number is missing");
    expect_complaint("limit loads many", 13, "'many' is no number");
    expect_complaint("limit loads -1", 13, "'-1' is no number");
    expect_complaint("limit time 5ms", 12,
                     "'5ms' is no span of time: start..mark:ready, load:a.dll..end");
    expect_complaint("limit time strt..end 5ms", 12,
                     "unknown point in time 'strt'; did you mean 'start'?");
    expect_complaint("limit time start..mark: 5ms", 12, "a name is missing after 'mark:'");
    expect_complaint("limit time start..end 5ms mean 4ms", 27,
                     "'mean' is one word too many; what may follow is 'median TIME'");
    expect_complaint("limit time start..end 5ms median", 33, "a time is missing");
    expect_complaint("limit time start..end 5min", 23,
                     "'5min' is no time; say 1.5s, 300ms, 20us or 5ns");
    expect_complaint("[proces a]", 2, "unknown section 'proces'; did you mean 'process'?");
    expect_complaint("[process a b]", 12,
                     "']' is missing; a name with blanks or brackets stands in quotes");
    expect_complaint("[process]", 9, "a program's name is missing: [process app.exe]");
    expect_complaint("[process a", 11, "']' is missing");
    expect_complaint("[process a] b", 13,
                     "'b' is one word too many; a name with blanks stands in quotes");
}

static void test_complaints_of_later_lines(void **state)
{
    static const char twice[] = "trail-rules 1\n[process a]\nlimit processes 5\n";

    assert_int_equal(parse_bytes(twice, strlen(twice)), -1);
    assert_string_equal(error.sentence,
                        "a.rules:3:7: the limit of processes stands before the first section");
    rules_release(&rules);
    assert_int_equal(parse_bytes("trail-rules 1\nrequire a\n\nforbid a\n", 34), -1);
    assert_string_equal(error.sentence, "a.rules:4:1: 'forbid a' contradicts line 2: 'require a'");
    rules_release(&rules);
    /* about something else each */
    parse("trail-rules 1\nrequire a\n[process p]\nforbid a\n[run]\nforbid process a\n");
    rules_release(&rules);
}

static void test_header(void **state)
{
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"", "a.rules: a rules file begins with the line 'trail-rules 1'"},
        {"# nothing\n\n", "a.rules: a rules file begins with the line 'trail-rules 1'"},
        {"\n require a", "a.rules:2:2: a rules file begins with the line 'trail-rules 1'"},
        {"[run]\n", "a.rules:1:1: a rules file begins with the line 'trail-rules 1'"},
        {"trail-rules 2\nx", "a.rules:1:13: rules of version '2'; this trailview reads version 1"},
        {"trail-rules one", "a.rules:1:13: rules of version 'one'; this trailview reads version 1"},
        {"trail-rules 1 2",
         "a.rules:1:15: '2' is one word too many; a name with blanks stands in quotes"},
        {"trail-rules 1\nallow \xFF", "a.rules:2:7: the byte \\xFF is no UTF-8"},
        {"trail-rules 1\n# --- learned\n",
         "a.rules:2:14: the line '# --- end of what was learned' is missing"},
        {"trail-rules 1\n# --- end of what was learned\n",
         "a.rules:2:1: a learned part ends here, but none began"},
        {"trail-rules 1\n# --- learned\n# --- learned\n",
         "a.rules:3:1: a second learned part; there can be one"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(parse_bytes(cases[i].text, strlen(cases[i].text)), -1);
        assert_string_equal(error.sentence, cases[i].sentence);
        rules_release(&rules);
    }
    assert_int_equal(parse_bytes("trail-rules 1\nallow a\0b\n", 24), -1);
    assert_string_equal(error.sentence,
                        "a.rules:2:8: the control character \\x00; this is no rules file");
    rules_release(&rules);
    parse("\xEF\xBB\xBFtrail-rules 1\nallow \xC3\xA4.dll");
    rules_release(&rules);
}

static void test_missing_file(void **state)
{
    assert_int_equal(rules_read("/nowhere/a.rules", &rules, &error), -1);
    assert_int_equal(error.code, TRAIL_NOT_FOUND);
    rules_release(&rules);
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/*
 * What parses must hold together: words inside the text's bounds, each rule with the words its kind
 * needs.
 */
static void check_whole(void)
{
    for (size_t i = 0; i < rules.count; i++) {
        const struct rule *rule = &rules.rules[i];
        assert_true(rule->kind < RULE_KINDS);
        assert_true(rule->kind == RULE_LIMIT ||
                    rule->word_count >= 1u + (rule->kind >= RULE_ORDER));
        assert_true(strlen(rule->text) > 0);
        for (size_t k = 0; k < rule->word_count; k++)
            assert_true(strlen(rule->words[k]) > 0);
    }
}

/* Pieces of the language. */
static const char *const pieces[] = {"trail-rules 1\n",
                                     "require ",
                                     "allow ",
                                     "forbid ",
                                     "order ",
                                     "path ",
                                     "identity ",
                                     "limit ",
                                     "loads ",
                                     "time ",
                                     "process ",
                                     "a.dll ",
                                     "\"",
                                     "\"\"",
                                     "<",
                                     " < ",
                                     "[process ",
                                     "[run]",
                                     "]",
                                     "#",
                                     "\n",
                                     "\r\n",
                                     "=",
                                     "version=",
                                     "..",
                                     "start..end ",
                                     "mark:",
                                     "5ms ",
                                     "17 ",
                                     "# --- learned\n",
                                     "# --- end of what was learned\n",
                                     "{app}\\",
                                     "*",
                                     "\xC3\xA4",
                                     "\xFF",
                                     "\t"};

/* They stand in any order, and any byte changed: complaint or rules, never harm. */
static void test_any_input(void **state)
{
    unsigned seed = 1, parsed = 0;

    for (int round = 0; round < 20000; round++) {
        char text[512] = "trail-rules 1\n";
        size_t length = next_random(&seed) % 8 == 0 ? 0 : strlen(text),
               count = next_random(&seed) % 24;
        for (size_t i = 0; i < count; i++) {
            const char *piece = pieces[next_random(&seed) % (sizeof pieces / sizeof pieces[0])];
            memcpy(text + length, piece, strlen(piece));
            length += strlen(piece);
        }
        if (length > 0 && next_random(&seed) % 4 == 0)
            text[next_random(&seed) % length] = (char)next_random(&seed);
        if (parse_bytes(text, length) == 0) {
            check_whole();
            parsed++;
        } else {
            assert_true(strlen(error.sentence) > 0);
        }
        rules_release(&rules);
    }
    assert_true(parsed > 100);
}

static void test_path_glob(void **state)
{
    static const struct {
        const char *glob, *path;
        bool matches, ignoring_case;
    } cases[] = {
        {"/usr/lib", "/usr/lib", true, true},
        {"/usr/lib/*", "/usr/lib/a.so", true, true},
        {"/usr/lib/*", "/usr/lib/evil/a.so", false, false},
        {"/usr/lib/*", "/usr/lib", false, false},
        {"/usr/**/a.so", "/usr/a.so", true, true},
        {"/usr/**/a.so", "/usr/x/y/a.so", true, true},
        {"/usr/**/x/*.so", "/usr/x/y/x/a.so", true, true},
        {"/usr/**", "/usr/x/y", true, true},
        {"/usr/**", "/usr", true, true},
        {"/usr/**", "/usrx/y", false, false},
        {"**/version.dll", "c:/app/version.dll", true, true},
        {"**", "anything/at/all", true, true},
        {"{system}", "{system}", true, true},
        {"{system}/?.dll", "{system}/A.DLL", false, true},
        {"{app}/**/b/**/c", "{app}/1/b/2/3/d", false, false},
        {"", "", true, true},
        {"*", "", false, false},
        {"a", "a/b", false, false},
        {"a**", "ab/c", false, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (path_glob(cases[i].glob, cases[i].path, false) != cases[i].matches)
            fail_msg("'%s' and '%s'", cases[i].glob, cases[i].path);
        assert_int_equal(path_glob(cases[i].glob, cases[i].path, true), cases[i].ignoring_case);
    }
}

/* Many ** and a path that just does not match must not take exponential time. */
static void test_path_glob_hostile(void **state)
{
    char glob[4096] = "", path[4096] = "";

    for (int i = 0; i < 400; i++) {
        strcat(glob, "**/a/");
        strcat(path, "a/");
    }
    strcat(glob, "b");
    assert_false(path_glob(glob, path, false));
}

/* What is learned from odd names is what the parser takes, and hides nothing. */
static void test_odd_names(void **state)
{
    static const char *const names[][2] = {
        {"lib\xE2\x80\xAE"
         "gnp.so",
         "lib?gnp.so"},
        {"a\xC2\x85\x7F\xFF\n", "a????"},
        {"{apps}/{system}/{n}", "\"[{]apps}/{system}/{n}\""},
        {"{sytem}", "\"[{]sytem}\""},
        {"a [b]*", "\"a [[]b][*]\""},
    };
    struct buffer out = {0};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        buffer_clear(&out);
        rule_write_name(&out, names[i][0]);
        assert_string_equal(buffer_text(&out), names[i][1]);
    }
    buffer_release(&out);
}

static void test_soft(void **state)
{
    parse("trail-rules 1\n  soft  forbid * # often\nrequire soft\n"
          "budget 2.5% alarms 1 of 20 notices 3 of 20");
    assert_int_equal(rules.count, 2);
    assert_true(rules.rules[0].is_soft);
    assert_int_equal(rules.rules[0].kind, RULE_FORBID);
    assert_string_equal(rules.rules[0].text, "forbid *");
    assert_int_equal(rules.rules[0].column, 9);
    assert_false(rules.rules[1].is_soft);
    assert_true(rules.own_error.budget > 0.0249 && rules.own_error.budget < 0.0251);
    assert_int_equal(rules.own_error.alarms, 1);
    assert_int_equal(rules.own_error.notices, 3);
    assert_int_equal(rules.own_error.runs, 20);
    rules_release(&rules);
    expect_complaint("soft", 5, "a rule is missing");
    expect_complaint("soft soft forbid *", 6,
                     "unknown rule 'soft'; there are require, allow, forbid, order, path, cause, "
                     "identity, arguments, environment and limit");
    expect_complaint("budget 0% alarms 0 of 1 notices 0 of 1", 8, "'0%' is no share: 3%");
    expect_complaint("budget 3% alarms 2 of 1 notices 0 of 1", 11,
                     "this is not 'alarms COUNT of RUNS', as 'baseline' writes it");
    expect_complaint("budget 3% alarms 0 of 1", 24, "of how many runs how many is missing");
}

static void test_shares(void **state)
{
    static const struct {
        size_t hits, count;
        const char *text;
    } shares[] = {{0, 20, "0 (at most 16)"},
                  {2, 20, "10 (3 to 30)"},
                  {10, 10, "100 (72 to 100)"},
                  {1, 2000, "0.1 (0.0 to 0.3)"}};
    static const char *const none[] = {"", "0", "100%", "3 %", "-1", "nan", "inf", "1e9", "3%%"};
    struct buffer out = {0};
    double share;

    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        buffer_clear(&out);
        share_write(&out, shares[i].hits, shares[i].count);
        assert_string_equal(buffer_text(&out), shares[i].text);
    }
    buffer_release(&out);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(share_parse(none[i], &share), -1);
    assert_int_equal(share_parse(".5%", &share), 0);
    assert_true(share > 0.00499 && share < 0.00501);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_soft),
    cmocka_unit_test(test_shares),
    cmocka_unit_test(test_odd_names),
    cmocka_unit_test(test_every_kind),
    cmocka_unit_test(test_points),
    cmocka_unit_test(test_learned_part),
    cmocka_unit_test(test_complaints),
    cmocka_unit_test(test_complaints_of_later_lines),
    cmocka_unit_test(test_header),
    cmocka_unit_test(test_missing_file),
    cmocka_unit_test(test_any_input),
    cmocka_unit_test(test_path_glob),
    cmocka_unit_test(test_path_glob_hostile),
};
UNIT_MAIN(tests)
