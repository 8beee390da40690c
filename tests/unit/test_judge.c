/*
 * Judging and learning, over runs made here with SQL: which rule decides, what is a violation and
 * what is none, what is learned and that a file is updated line by line.
 */
#include "unit.h"

#include "compare/match/keys.h"
#include "compare/model/recordings_read.h"
#include "db.h"
#include "rules/judge/weight.h"
#include "rules/learn/learn.h"
#include "rules/report/report.h"
#include "rules/write.h"
#include "sql.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct trail_error error;
static sqlite3 *db;
static struct recordings *recordings;
static struct rules rules;
static struct judgement judgement;

static void run_sql(const char *format, ...)
{
    char *sql;
    va_list arguments;

    va_start(arguments, format);
    sql = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    if (sql_run(db, sql, &error) != 0)
        fail_msg("%s: %s", error.sentence, sql);
    sqlite3_free(sql);
}

/*
 * A run of /app/prog with loads "PATH[@THREAD] ...", one a millisecond; a bare name is in /usr/lib.
 */
static void add_run(int run, const char *loads)
{
    char text[1024], *word;
    int seq = 1;

    run_sql("INSERT INTO run (id, uuid, state, start_utc_ns, start_monotonic_ns, wall_ns, "
            "command_line, directory, mode, follow, os, arch, host, "
            "recorder, wait_function, load_detection) VALUES (%d, 'u%d', 'complete', 0, 0, "
            "100000000, 'prog', '/', 'launch', 0, 'Linux', 'x', 'h', "
            "'0', 'w', 'l')",
            run, run);
    run_sql("INSERT OR IGNORE INTO module VALUES (1, '/app/prog', 'prog', 9, 9, 62, 0, 0, '', '', "
            "'', '', '')");
    run_sql("INSERT INTO process (run_id, id, pid, via, image_module_id, first_seq) VALUES (%d, 1, "
            "70, 0, 1, 1)",
            run);
    run_sql("INSERT INTO thread (run_id, id, process_id, tid, first_seq) VALUES (%d, 1, 1, 70, 1), "
            "(%d, 2, 1, 71, 1)",
            run, run);
    run_sql("INSERT INTO event (run_id, seq, t_ns, hold_ns, process_id, thread_id, kind, "
            "synthetic) VALUES (%d, 1, 0, 0, 1, 1, 1, 0)",
            run);
    snprintf(text, sizeof text, "%s", loads);
    for (word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        char path[300], *at = strchr(word, '@');
        int thread = at != NULL ? atoi(at + 1) : 1;
        if (at != NULL)
            *at = '\0';
        snprintf(path, sizeof path, "%s%s", word[0] == '/' ? "" : "/usr/lib/", word);
        run_sql(
            "INSERT OR IGNORE INTO module (path, name, file_bytes, image_bytes, machine, "
            "pe_timestamp, pe_checksum, pdb_guid, pdb_name, "
            "file_version, build_id, soname) VALUES (%Q, %Q, 5, 5, 62, 0, 0, '', '', '', '', '')",
            path, strrchr(path, '/') + 1);
        seq++;
        run_sql("INSERT INTO event (run_id, seq, t_ns, hold_ns, process_id, thread_id, kind, "
                "synthetic) VALUES (%d, %d, %d, 0, 1, %d, 5, 0)",
                run, seq, seq * 1000000, thread);
        run_sql("INSERT INTO event_load_dll (run_id, seq, module_id, base, load_phase, "
                "time_source) SELECT %d, %d, id, 0, 1, 0 FROM module WHERE path = %Q",
                run, seq, path);
    }
}

static int set_up(void **state)
{
    assert_int_equal(db_open_for_recording(unit_path("judge.db"), &db, &error), 0);
    return 0;
}

static int tear_down(void **state)
{
    judgement_release(&judgement);
    recordings_free(recordings);
    recordings = NULL;
    rules_release(&rules);
    db_close(db);
    return remove(unit_path("judge.db"));
}

/* Reads all runs; what was open for recording is now open for viewing. */
static void read_runs(int count)
{
    struct statements statements = {0};

    db_close(db);
    if (db_open_for_viewing(unit_path("judge.db"), &db, &error) != 0)
        fail_msg("%s", error.sentence);
    assert_non_null(recordings = recordings_new());
    for (int run = 1; run <= count; run++)
        if (recordings_read(recordings, &statements, db, "judge.db", run, &error) != 0)
            fail_msg("%s", error.sentence);
    statements_release(&statements);
    assert_int_equal(keys_assign(recordings, &error), 0);
}

static void parse_rules(const char *text)
{
    char file[2048];

    rules_release(&rules);
    snprintf(file, sizeof file, "trail-rules 1\n%s", text);
    if (rules_parse("r", file, strlen(file), &rules, &error) != 0)
        fail_msg("%s", error.sentence);
}

/* Judges all runs by these rules; the findings must be `expected`: "LINE:MODULE ..." */
static void expect(const char *text, const char *expected)
{
    char found[1024] = "";

    judgement_release(&judgement);
    parse_rules(text);
    assert_int_equal(judge(&rules, recordings, &judgement, &error), 0);
    for (size_t i = 0; i < judgement.finding_count; i++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%u:%s", i > 0 ? " " : "",
                 rules.rules[judgement.findings[i].rule].line - 1, judgement.findings[i].subject);
    assert_string_equal(found, expected);
}

static void test_presence(void **state)
{
    add_run(1, "liba.so.1.2 libb.so plugin_x.so plugin_y.so");
    read_runs(1);
    expect("require liba.so", "");
    expect("require liba.so.1.2", "");
    expect("require liba.so.1.3", "1:liba.so.1.3"); /* who names a version means it */
    expect("require LIBA.so", "1:LIBA.so");         /* Linux does not fold case */
    expect("require plugin_*", "");
    expect("require libc.so\nforbid libb.so", "1:libc.so 2:libb.so");
    expect("forbid *\nallow lib*", "1:plugin_x.so 1:plugin_y.so");
    expect("allow *\nforbid plugin_?.so\nallow plugin_y.so", "2:plugin_x.so");
    expect("forbid plugin_*\nallow plugin_*.so", "");
    expect("forbid plugin_*\nallow p?????_*", "1:plugin_x.so 1:plugin_y.so");
    expect("[process prog]\nforbid lib[ab].so*", "2:liba.so.1.2 2:libb.so");
    expect("[process other]\nforbid *", "");
    expect("allow libb.so\n[process prog]\nforbid *\nallow plugin_*\nallow liba.so", "");
    expect("require process prog\nforbid process *", "");
    expect("require process other\nforbid process *", "1:other 2:prog");
}

static void test_order(void **state)
{
    add_run(1, "a.so b.so@2 c.so d.so a.so");
    read_runs(1);
    expect("order a.so < b.so < c.so < d.so", "");
    expect("order b.so < a.so", "1:a.so");
    expect("order b.so < missing.so < a.so", "1:a.so");
    expect("order missing.so < a.so", "");
    expect("order c.so < [ab].so", "1:a.so"); /* the first of them came too early */
    expect("order [ab].so < [cd].so", "");
    expect("order [ac].so < b.so", "1:b.so"); /* and all of them come first */
}

static void learn(const char *own, struct buffer *out);
static void expect_violated(const struct buffer *text, size_t violated);
#define ASKED "  # asked for by one thread of prog\n"

/* Of a load of run RUN: it is an import of the first load. */
static void need(int run, int seq)
{
    run_sql("UPDATE event_load_dll SET cause = 0, by_seq = 2 WHERE run_id = %d AND seq = %d", run,
            seq);
}

static void test_asked(void **state)
{
    struct buffer text = {0};

    for (int run = 1; run <= 6; run++) {
        add_run(run, "a.so need.so opt.so b.so c.so d.so");
        need(run, 3);
    }
    add_run(7, "a.so c.so d.so b.so need.so opt.so"); /* need.so: by somebody else */
    need(7, 6);
    read_runs(7);
    recordings->count = 6;
    learn(NULL, &text);
    assert_non_null(strstr(buffer_text(&text),
                           "order a.so < opt.so" ASKED "order b.so < c.so" ASKED
                           "order c.so < d.so" ASKED "order opt.so < b.so" ASKED "path"));
    recordings->count = 7;
    expect(strchr(buffer_text(&text), '\n') + 1, "10:b.so 12:opt.so");
    buffer_release(&text);
}

/* Plugins in any order: of p.so and q.so, which kept theirs by chance, none is learned. */
static void test_asked_shuffled(void **state)
{
    static const char *const orders[] = {"p.so x.so y.so q.so z.so", "z.so y.so p.so q.so x.so",
                                         "x.so p.so z.so q.so y.so", "y.so z.so x.so p.so q.so",
                                         "p.so q.so z.so y.so x.so"};
    struct buffer text = {0};

    for (int run = 1; run <= 10; run++) {
        char loads[80];
        snprintf(loads, sizeof loads, "a.so %s b.so", orders[run % 5]);
        add_run(run, loads);
    }
    read_runs(10);
    learn(NULL, &text);
    assert_null(strstr(buffer_text(&text), "order p.so < q.so"));
    assert_non_null(strstr(buffer_text(&text), "order a.so < p.so" ASKED));
    assert_non_null(strstr(buffer_text(&text), "order q.so < b.so" ASKED));
    buffer_release(&text);
}

/* One that comes anywhere says nothing of the order of the others. */
static void test_asked_beside(void **state)
{
    struct buffer text = {0};

    for (int run = 1; run <= 10; run++) {
        char loads[80] = "";
        for (int i = 0; i < 8; i++)
            snprintf(loads + strlen(loads), sizeof loads - strlen(loads), "%s%c.so ",
                     i == run % 8 ? "x.so " : "", 'a' + i);
        add_run(run, loads);
    }
    read_runs(10);
    learn(NULL, &text);
    assert_non_null(strstr(buffer_text(&text), "order c.so < d.so" ASKED));
    assert_null(strstr(buffer_text(&text), "order c.so < x.so"));
    buffer_release(&text);
}

static void test_asked_closed(void **state)
{
    static const char rules_text[] =
        "order a.so < b.so" ASKED "order b.so < c.so" ASKED "order c.so < d.so" ASKED;

    add_run(1, "c.so a.so d.so"); /* b.so is absent */
    read_runs(1);
    expect(rules_text, "1:c.so");
    expect("order a.so < b.so\norder b.so < c.so", "1:c.so"); /* whoever asks */
    expect("order a.so < c.so\norder c.so < b.so\norder b.so < d.so", "1:c.so");
}

static void test_asked_by_others(void **state)
{
    static const char rules_text[] =
        "order a.so < b.so" ASKED "order b.so < c.so" ASKED "order c.so < d.so" ASKED;

    add_run(1, "b.so@2 a.so d.so c.so@2"); /* two threads */
    add_run(2, "d.so b.so c.so a.so");     /* a.so and d.so changed places */
    add_run(3, "b.so a.so c.so d.so");
    need(3, 3);
    read_runs(3);
    expect(rules_text, "1:d.so");
    assert_int_equal(judgement.findings[0].run, 1);
    assert_non_null(strstr(judgement.findings[0].message, "before a.so"));
}

/* b.so is an import of a.so, and could be one of c.so. */
static void add_run_with_import(int run, const char *loads, int needed, int by)
{
    add_run(run, loads);
    run_sql("INSERT OR IGNORE INTO import (module_id, position, kind, name) "
            "SELECT id, 1, 0, 'b.so' FROM module WHERE name IN ('a.so', 'c.so')");
    run_sql("UPDATE event_load_dll SET cause = 6 WHERE run_id = %d", run);
    if (by > 0)
        run_sql("UPDATE event_load_dll SET cause = 0, by_seq = %d WHERE run_id = %d AND seq = %d",
                by, run, needed);
}

static void test_learned_causes(void **state)
{
    struct buffer text = {0};

    add_run_with_import(1, "a.so b.so c.so d.so", 3, 2);
    add_run_with_import(2, "c.so b.so a.so d.so", 3, 2);
    add_run_with_import(3, "d.so b.so a.so c.so", 3, 2);
    add_run_with_import(4, "b.so a.so c.so d.so", 0, 0);
    read_runs(4);
    recordings->count = 1;
    learn(NULL, &text);
    assert_non_null(strstr(buffer_text(&text), "\ncause b.so by a.so c.so\n"));
    assert_null(strstr(buffer_text(&text), "cause a.so"));
    for (int i = 2; i <= 4; i++) {
        recordings->count = (size_t)i;
        expect_violated(&text, i > 2);
    }
    assert_int_equal(judgement.finding_count, 2);
    assert_string_equal(judgement.findings[0].message,
                        "b.so is needed by d.so, not by a.so or c.so: 3.000 ms, seq 3, thread 70 "
                        "(main)");
    assert_string_equal(
        judgement.findings[1].message,
        "b.so is asked for, not by a.so or c.so: 2.000 ms, seq 2, thread 70 (main)");
    buffer_release(&text);
}

static void set(int run, const char *name, const char *value, int check_value)
{
    run_sql("INSERT INTO environment VALUES (%d, %Q, %Q, %d)", run, name, value, check_value);
}

static void test_surroundings(void **state)
{
    struct buffer text = {0};

    for (int run = 1; run <= 3; run++) {
        add_run(run, "a.so");
        set(run, "HOME", run == 1 ? "/home/ada" : "/home/bob/", 1);
        set(run, "MODE", NULL, run == 3 ? 16 : 255);
        set(run, "LD_BIND_NOW", "", 0);
        run_sql("UPDATE process SET command_line = 'prog --port %d' WHERE run_id = %d",
                run == 3 ? 1 : 8080, run);
    }
    set(3, "LD_PRELOAD", "/tmp/x.so", 5);
    set(3, "OTHER", NULL, 5);
    read_runs(3);
    recordings->count = 2;
    learn(NULL, &text);
    assert_non_null(strstr(buffer_text(&text), "arguments prog \"--port "));
    assert_non_null(strstr(buffer_text(&text), "environment HOME {home}\n"
                                               "environment LD_BIND_NOW {none}\n"
                                               "environment MODE \"(check value 0ff)\"\n"
                                               "forbid environment *\n"));
    expect_violated(&text, 0);
    expect("arguments prog \"--port [0-9][0-9]*\" x\nenvironment H* /home\nenvironment GONE *\n"
           "forbid environment MODE\nallow environment LD_*",
           "2:HOME 2:HOME 3:GONE 3:GONE 4:MODE 4:MODE");
    recordings->count = 3;
    expect_violated(&text, 3); /* arguments, MODE, LD_PRELOAD; another variable more is none */
    buffer_release(&text);
}

static void test_paths(void **state)
{
    add_run(1,
            "/usr/lib/x86_64-linux-gnu/s.so /app/a.so /app/plugins/deep/p.so /tmp/t.so /opt/o.so");
    read_runs(1);
    expect("path s.so {system}\npath a.so {app}\npath p.so {app}/plugins/deep\npath t.so "
           "{temp}\npath o.so /opt",
           "");
    expect("path s.so {system}/s.so\npath a.so /app\npath p.so {app}/**\npath t.so /tmp/*\npath "
           "o.so /**/o.so",
           "");
    expect("path p.so {app}/plugins", "1:p.so");
    expect("path p.so {app}/*", "1:p.so");
    expect("path * {system} {app} {app}/**", "1:t.so 1:o.so");
    expect("path s.so /usr/lib", "1:s.so");
}

static void test_entry(void **state)
{
    add_run(1, "a.so b.so");
    add_run(2, "a.so b.so");
    run_sql("INSERT INTO event_entry_point VALUES (1, 3, 1, NULL, NULL)");
    read_runs(2);
    expect("limit time start..entry 1s", "1:");
    assert_int_equal(judgement.finding_count, 1); /* none was seen in the second */
    assert_int_equal(judgement.findings[0].run, 1);
}

static void test_limits(void **state)
{
    add_run(1, "a.so b.so b.so");
    add_run(2, "a.so");
    read_runs(2);
    expect("limit loads 3\nlimit threads 2\nlimit exceptions 0\nlimit processes 1", "");
    expect("limit loads 2\nlimit threads 1", "1: 2: 2:");
    expect("limit loads * 1\nlimit loads 2..2", "1:b.so 2: 2:");
    expect("limit loads * 1\nlimit loads b.so 3..4\nlimit exceptions * 0", "2:b.so");
    expect("limit processes prog 2..3\nlimit processes * 1", "1:prog 1:prog");
    /* never reached in run 2 */
    expect("limit time start..load:a.so 2ms\nlimit time load:a.so..load:b.so 1ms", "2:");
    expect("limit time start..load:a.so 1999us", "1:");
    assert_int_equal(judgement.findings[0].run, RECORDING_NONE); /* by the median, not by a run */
    expect("limit time start..end 1s median 1us", ""); /* two runs are not enough for that */
}

static void learn(const char *own, struct buffer *out)
{
    struct learn_options options = {false, false, NULL, NULL};
    struct side side = {0};

    buffer_release(out);
    if (own != NULL) {
        rules_release(&rules);
        if (rules_parse("r", own, strlen(own), &rules, &error) != 0)
            fail_msg("%s", error.sentence);
        options.own = &rules;
    }
    assert_int_equal(side_init(&side, recordings, 0, recordings->count, &error), 0);
    assert_int_equal(side_learn_order(&side, &error), 0);
    assert_int_equal(learn_file(&side, &options, "trail-rules 1\n", out, &error), 0);
    side_release(&side);
}

static void expect_violated(const struct buffer *text, size_t violated)
{
    judgement_release(&judgement);
    rules_release(&rules);
    if (rules_parse("learned", buffer_text(text), text->length, &rules, &error) != 0)
        fail_msg("%s\n%s", error.sentence, buffer_text(text));
    assert_int_equal(judge(&rules, recordings, &judgement, &error), 0);
    assert_int_equal(judgement.violated, violated);
}

static void expect_holds(const struct buffer *text)
{
    expect_violated(text, 0);
}

#define LEARNED "# --- learned by 'trailview baseline', which replaces these lines with --update\n"
#define ENDED "# --- end of what was learned\n"

static void test_learned(void **state)
{
    struct buffer text = {0};

    for (int run = 1; run <= 10; run++)
        add_run(run,
                run % 2 == 0 ? "a.so b.so c.so /app/d.so" : "a.so /opt/r.so b.so@2 c.so /app/d.so");
    read_runs(10);
    learn(NULL, &text);
    /*
     * b came by another thread in some runs: its place among the others is not learned; and not
     * what follows from others, even where r is absent
     */
    assert_string_equal(
        buffer_text(&text),
        "trail-rules 1\n" LEARNED
        "require a.so\nrequire b.so\nrequire c.so\nrequire d.so\nallow r.so\nforbid *\n"
        "order a.so < r.so" ASKED "order c.so < d.so" ASKED "order r.so < c.so" ASKED
        "path a.so {system}\npath b.so {system}\npath c.so {system}\npath d.so {app}\npath r.so "
        "/opt\n"
        "limit exceptions * 0\nlimit loads * 1\nlimit loads 10\nlimit threads 2..2\nforbid failed "
        "*\n" ENDED);
    expect_holds(&text);
    buffer_release(&text);
}

static void test_names_that_need_care(void **state)
{
    struct buffer text = {0};

    for (int run = 1; run <= 5; run++)
        add_run(run,
                "we[ir]d*.so q\"uote.so #hash.so process failed <.so x].so new\nline.so /a?b/c.so");
    read_runs(5);
    learn(NULL, &text);
    expect_holds(&text);
    assert_non_null(strstr(buffer_text(&text), "require \"#hash.so\"\n"));
    assert_non_null(strstr(buffer_text(&text), "require \"process\"\n"));
    assert_non_null(strstr(buffer_text(&text), "require \"failed\"\n"));
    assert_non_null(strstr(buffer_text(&text), "require new?line.so\n"));
    assert_non_null(strstr(buffer_text(&text), "path c.so \"/a[?]b\"\n"));
    buffer_release(&text);
}

static void test_update(void **state)
{
    static const char before[] =
        "trail-rules 1\n# mine\nallow plugin_*\nforbid b.so\nlimit loads 100 # enough\npath a.so "
        "{home}\n\n" LEARNED "require gone.so\n[process x]\nforbid *\n" ENDED
        "# below\nrequire a.so\n";
    struct buffer text = {0}, again = {0};

    add_run(1, "a.so b.so plugin_x.so c.so");
    add_run(2, "a.so b.so plugin_y.so c.so");
    read_runs(2);
    learn(before, &text);
    assert_string_equal(
        buffer_text(&text),
        "trail-rules 1\n# mine\nallow plugin_*\nforbid b.so\nlimit loads 100 # "
        "enough\npath a.so {home}\n\n" LEARNED
        "require c.so\nforbid *\npath b.so {system}\npath c.so {system}\npath "
        "plugin_x.so {system}\npath plugin_y.so {system}\n"
        "limit exceptions * 0\nlimit loads * 1\nlimit threads 3\nforbid failed *\n" ENDED
        "# below\nrequire a.so\n");
    /* what was learned does not count as hand-written, and nothing changes twice */
    learn(buffer_text(&text), &again);
    assert_string_equal(buffer_text(&again), buffer_text(&text));
    learn("trail-rules 1\nallow z", &again); /* no learned part yet, no line end */
    assert_non_null(
        strstr(buffer_text(&again), "trail-rules 1\nallow z\n" LEARNED "require a.so\n"));
    learn("trail-rules 1\r\nallow z\r\n", &again); /* line ends stay as they are */
    assert_non_null(strstr(buffer_text(&again), "allow z\r\n# --- learned"));
    for (const char *at = buffer_text(&again); (at = strchr(at, '\n')) != NULL; at++)
        assert_int_equal(at[-1], '\r');
    buffer_release(&text);
    buffer_release(&again);
}

/*
 * A second process in the run: its program gets a section, and hand-written rules about processes
 * count.
 */
static void test_sections(void **state)
{
    struct buffer text = {0};

    add_run(1, "a.so");
    run_sql("INSERT INTO module VALUES (90, '/app/child', 'child', 9, 9, 62, 0, 0, '', '', '', '', "
            "'')");
    run_sql("INSERT INTO process (run_id, id, pid, via, image_module_id, first_seq) VALUES (1, 2, "
            "80, 2, 90, 3)");
    run_sql("INSERT INTO event (run_id, seq, t_ns, hold_ns, process_id, thread_id, kind, "
            "synthetic) VALUES (1, 3, 3000000, 0, 2, NULL, 1, 0), (1, 4, 4000000, 0, 2, "
            "NULL, 5, 0)");
    run_sql("INSERT INTO event_load_dll (run_id, seq, module_id, base, load_phase, "
            "time_source) SELECT 1, 4, id, 0, 1, 0 FROM module WHERE name = 'a.so'");
    read_runs(1);
    learn(NULL, &text);
    expect_holds(&text);
    assert_string_equal(
        buffer_text(&text),
        "trail-rules 1\n" LEARNED
        "require process child\nrequire process prog\nforbid process *\nlimit exceptions * 0\n"
        "limit loads * 1\nlimit processes child 2\nlimit processes prog 2\nforbid failed *\n"
        "\n[process child]\nrequire a.so\nforbid *\npath a.so {system}\nlimit loads 6\n"
        "\n[process prog]\nrequire a.so\nforbid *\npath a.so {system}\nlimit loads 6\n"
        "limit threads 3\n" ENDED);
    learn("trail-rules 1\nforbid process child\n[process pr*]\nforbid a.so\n", &text);
    assert_null(strstr(buffer_text(&text), "require process child"));
    assert_non_null(strstr(buffer_text(&text), "[process prog]\nforbid *\n"));
    /* a limit of one process is none of another */
    learn("trail-rules 1\n[process prog]\nlimit loads 9\n", &text);
    assert_null(strstr(strstr(buffer_text(&text), "[process prog]\nrequire"), "limit loads 6\n"));
    assert_non_null(strstr(buffer_text(&text), "\nlimit loads 6\n"));
    buffer_release(&text);
    expect("forbid process child\n[process child]\nforbid a.so", "1:child 3:a.so");
    assert_int_equal(judgement.findings[1].pid, 80);
}

static void add_failure(int run, int seq, int what, const char *name)
{
    run_sql("INSERT INTO event (run_id, seq, t_ns, hold_ns, process_id, thread_id, kind, "
            "synthetic) VALUES (%d, %d, %d, 0, 1, 1, 11, 0)",
            run, seq, seq * 1000000);
    run_sql("INSERT INTO event_load_failed (run_id, seq, what, name, words) VALUES "
            "(%d, %d, %d, %Q, 'cannot open it')",
            run, seq, what, name);
}

/* Of what was asked for in vain only modules count; they go by their files' names. */
static void test_failures(void **state)
{
    struct buffer text = {0};

    add_run(1, "a.so");
    add_failure(1, 3, 0, "/opt/b.so.2");
    add_failure(1, 4, 1, "b_init");
    add_run(2, "a.so");
    add_failure(2, 3, 0, "c.so");
    read_runs(2);
    expect("forbid failed b.so*", "1:b.so.2");
    assert_int_equal(judgement.findings[0].seq, 3);
    assert_int_equal(judgement.findings[0].t_ns, 3000000);
    assert_int_equal(judgement.findings[0].tid, 70);
    assert_string_equal(judgement.findings[0].hint, "cannot open it");
    expect("forbid failed *\nallow failed b.so.?", "1:c.so");
    expect("forbid failed *", "1:b.so.2 1:c.so");
    expect("forbid *.so\nallow a.so", ""); /* that is about what was loaded */
    learn("trail-rules 1\nforbid failed c.so\n", &text);
    assert_non_null(strstr(buffer_text(&text), "\nallow failed b.so.2\nforbid failed *\n"));
    assert_null(strstr(buffer_text(&text), "allow failed c.so"));
    buffer_release(&text);
}

/*
 * The first breakpoint of a process is the loader's; what was attached to is past that one, so its
 * first one is its own.
 */
static void test_breakpoints(void **state)
{
    add_run(1, "a.so");
    add_run(2, "a.so");
    run_sql("UPDATE process SET via = 3 WHERE run_id = 2");
    for (int run = 1; run <= 2; run++) {
        run_sql("INSERT INTO event (run_id, seq, t_ns, hold_ns, process_id, thread_id, kind, "
                "synthetic) VALUES (%d, 3, 3000000, 0, 1, 1, 7, 0)",
                run);
        run_sql("INSERT INTO event_exception (run_id, seq, code, first_chance) VALUES (%d, 3, "
                "2147483651, 1)",
                run);
    }
    read_runs(2);
    expect("limit exceptions 0", "1:");
    assert_int_equal(judgement.findings[0].run, 1);
}

static void test_written_times(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {{0, "0ns"},           {7, "7ns"},          {999, "999ns"},
                 {1000, "1us"},        {1001, "1.01us"},    {12345678, "12.4ms"},
                 {999999999, "1s"},    {1000000000, "1s"},  {1234567890123, "1240s"},
                 {450000000, "450ms"}, {10050000, "10.1ms"}};
    struct buffer text = {0};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buffer_clear(&text);
        rule_write_time(&text, cases[i].ns);
        assert_string_equal(buffer_text(&text), cases[i].text);
    }
    buffer_release(&text);
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void test_report_counts_runs(void **state)
{
    struct report report;
    struct buffer text = {0};

    for (int run = 1; run <= 4; run++)
        add_run(run, run == 2 || run == 4 ? "a.so x.so" : "a.so");
    read_runs(4);
    expect("forbid *\nallow a.so\nrequire b.so", "1:x.so 1:x.so 3:b.so 3:b.so 3:b.so 3:b.so");
    assert_int_equal(judgement.verdicts[0].runs, 2);
    assert_int_equal(judgement.violated, 2);
    assert_int_equal(report_init(&report, &judgement, &error), 0);
    assert_int_equal(report.group_count, 2);
    report_add_message(&report, &report.groups[0], &text);
    assert_string_equal(buffer_text(&text),
                        "in 2 of 4 runs, first in run 2: x.so was loaded, which no rule allows: "
                        "3.000 ms, seq 3, thread 70 (main)");
    report_release(&report);
    buffer_release(&text);
}

/*
 * Any rules that parse, over runs with odd names: judged and told in every format without harm, the
 * same way twice.
 */
static void test_any_rules(void **state)
{
    static const char *const lines[] = {"require %s\n",
                                        "allow %s\n",
                                        "forbid %s\n",
                                        "order %s < %s < %s\n",
                                        "path %s {system} /**/%s\n",
                                        "path %s {app}\\**\n",
                                        "identity %s version=1* size=5\n",
                                        "limit loads 1\n",
                                        "limit time start..end 1us\n",
                                        "limit time load:%s..mark:%s 5ms\n",
                                        "limit time first-load..last-load 1ns median 2ns\n",
                                        "require process %s\n",
                                        "forbid process %s\n",
                                        "[process %s]\n",
                                        "[run]\n"};
    static const char *const names[] = {"a.so", "b.so", "*",          "[ab]*",        "?",
                                        "prog", "*.so", "missing.so", "\"a?<&>.so\"", "%0A*"};
    static const char *const formats[] = {"table", "junit", "sarif", "github"};
    unsigned seed = 7, judged = 0;

    add_run(1, "a.so b.so@2 a\x01<&>.so %0A,::.so");
    add_run(2, "/app/a.so \xFF\xFE.so b.so");
    add_run(3, "");
    read_runs(3);
    for (int round = 0; round < 3000; round++) {
        char text[1024] = "trail-rules 1\n";
        struct report report;
        for (unsigned i = 0, count = next_random(&seed) % 8; i < count; i++) {
            const char *picked[3];
            for (int k = 0; k < 3; k++)
                picked[k] = names[next_random(&seed) % (sizeof names / sizeof names[0])];
            snprintf(text + strlen(text), sizeof text - strlen(text),
                     lines[next_random(&seed) % (sizeof lines / sizeof lines[0])], picked[0],
                     picked[1], picked[2]);
        }
        rules_release(&rules);
        if (rules_parse("r", text, strlen(text), &rules, &error) != 0)
            continue;
        judgement_release(&judgement);
        assert_int_equal(judge(&rules, recordings, &judgement, &error), 0);
        assert_int_equal(report_init(&report, &judgement, &error), 0);
        report.explains = report.color = round % 2 == 0;
        for (size_t i = 0; i < 4; i++) {
            struct buffer out = {0};
            report_format(formats[i])(&report, &out);
            assert_false(out.failed);
            assert_null(strchr(buffer_text(&out), '\x01'));
            assert_null(strchr(buffer_text(&out), '\xFF'));
            buffer_release(&out);
        }
        judged += rules.count > 0;
        report_release(&report);
    }
    assert_true(judged > 1000);
}

/* How often K or more of `count` runs do what each does with the chance p. */
static double tail(size_t count, size_t at_least, double p)
{
    double sum = 0;

    for (size_t k = at_least; k <= count; k++)
        sum += exp(lgamma((double)count + 1) - lgamma((double)k + 1) -
                   lgamma((double)(count - k) + 1) + (double)k * log(p) +
                   (double)(count - k) * log1p(-p));
    return sum;
}

/* How often good runs alarm, at worst, at what none of the learned runs did. */
static double worst(size_t checked, size_t learned, size_t at_least)
{
    double worst = 0;

    for (double p = 0.001; p < 0.95; p += 0.001)
        worst = fmax(worst, exp((double)learned * log1p(-p)) * tail(checked, at_least, p));
    return worst;
}

static void test_at_least(void **state)
{
    static const size_t runs[] = {1, 3, 4, 10, 20, 100};

    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
        for (size_t learned = 5; learned <= 320; learned *= 4) {
            size_t k = weight_at_least(runs[i], learned, 0, 0.03);
            assert_in_range(k, 1, runs[i]);
            if (k < runs[i])
                assert_true(worst(runs[i], learned, k) <= 0.0101);
            if (k > 1)
                assert_true(worst(runs[i], learned, k - 1) > 0.0097);
            assert_true(weight_at_least(runs[i], learned, 3, 0.03) >= k);
        }
    assert_int_equal(weight_at_least(3, 0, 0, 0.03), 3);
    assert_true(weight_at_least(5000, 10, 0, 0.03) <= 5000);
}

/* One rule is weighed by what breaks it: two modules in a run each are no module in two. */
static void test_weights(void **state)
{
    static const char own[] = "soft forbid x.so\nsoft forbid *";
    static const char learned[] =
        RULES_LEARNED_START "\nbudget 3% alarms 0 of 10 notices 0 of 10\nforbid *\npath a.so "
                            "{home}\n" RULES_LEARNED_END;

    add_run(1, "a.so x.so");
    add_run(2, "b.so x.so");
    add_run(3, "b.so x.so");
    read_runs(3);
    expect(own, "1:x.so 1:x.so 1:x.so 2:a.so 2:b.so 2:b.so");
    assert_int_equal(judgement.violated, 1);
    assert_int_equal(judgement.noticed, 1);
    assert_false(judgement.findings[0].is_notice);
    assert_true(judgement.findings[4].is_notice);
    assert_int_equal(judgement_weigh(&judgement, 2, &error), 0);
    assert_int_equal(judgement.violated, 2);
    assert_true(judgement.findings[3].is_notice);
    assert_false(judgement.findings[4].is_notice);
    expect(learned, "3:a.so 3:x.so 3:b.so 3:x.so 3:b.so 3:x.so 4:a.so");
    assert_int_equal(judgement.violated, 2); /* a path once */
    assert_true(judgement.findings[0].is_notice);
    assert_false(judgement.findings[1].is_notice);
    assert_false(judgement.findings[6].is_notice);
    expect("forbid a.so", "1:a.so"); /* by hand: once */
    assert_int_equal(judgement.violated, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
static const struct CMUnitTest tests[] = {
    CASE(test_presence),
    CASE(test_weights),
    cmocka_unit_test(test_at_least),
    CASE(test_order),
    CASE(test_asked),
    CASE(test_asked_shuffled),
    CASE(test_asked_beside),
    CASE(test_asked_closed),
    CASE(test_asked_by_others),
    CASE(test_learned_causes),
    CASE(test_surroundings),
    CASE(test_paths),
    CASE(test_entry),
    CASE(test_limits),
    CASE(test_learned),
    CASE(test_names_that_need_care),
    CASE(test_update),
    CASE(test_sections),
    CASE(test_failures),
    CASE(test_breakpoints),
    cmocka_unit_test(test_written_times),
    CASE(test_report_counts_runs),
    CASE(test_any_rules),
};
UNIT_MAIN(tests)
