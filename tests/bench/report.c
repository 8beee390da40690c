/* See report.h. */
#define _POSIX_C_SOURCE 200809L
#include "report.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double MIB = 1024.0 * 1024.0;

void report_title(const struct workload *workload, long count, char *text, size_t size)
{
    const char *place = strstr(workload->title, "{n}");

    if (place == NULL)
        snprintf(text, size, "%s", workload->title);
    else
        snprintf(text, size, "%.*s%ld%s", (int)(place - workload->title), workload->title, count,
                 place + 3);
}

/* Four significant digits, and a unit that keeps the number short. */
static void format_time(double ns, char text[32])
{
    static const struct {
        double ns;
        const char *unit;
    } units[] = {{1e9, "s "}, {1e6, "ms"}, {1e3, "us"}};
    size_t i = 0;

    while (i < 2 && ns < units[i].ns)
        i++;
    ns /= units[i].ns;
    snprintf(text, 32, "%.*f %s",
             ns < 10     ? 3
             : ns < 100  ? 2
             : ns < 1000 ? 1
                         : 0,
             ns, units[i].unit);
}

static void print_ratio(const struct results *results, const struct result *result,
                        const char *reference)
{
    const struct result *right =
        reference == NULL ? NULL : results_find(results, result->workload->name, reference);

    if (right == NULL)
        printf("%11s", reference == NULL ? "" : "-");
    else
        printf("%11.3f", results_ratio(result, right, METRIC_TIME).value);
}

/* What a pipeline has besides its time. */
static void print_pipeline(const struct result *result)
{
    const struct sample *last = &result->samples[result->size - 1];

    printf("  %11.0f  %8.1f",
           (double)result->count / results_quantile(result, METRIC_TIME, 0.5) * 1e9,
           results_quantile(result, METRIC_FILE_EVENT, 0.5));
    printf("  %7" PRIu64 "  %8.3f", last->stalls, (double)last->stall_ns / 1e9);
}

static void print_result(const struct results *results, const struct result *result)
{
    const char *const *references = reference_runners[result->workload->system];
    char median[32], low[32], high[32];

    format_time(results_quantile(result, METRIC_TIME, 0.5), median);
    format_time(results_quantile(result, METRIC_TIME, 0.25), low);
    format_time(results_quantile(result, METRIC_TIME, 0.75), high);
    printf("  %-18s %4zu  %10s  %10s ..%10s", result->runner->name, result->size, median, low,
           high);
    print_ratio(results, result, references[0]);
    if (result->workload->system == PIPELINE) {
        print_pipeline(result);
        printf("  %8.1f\n", results_quantile(result, METRIC_PEAK, 0.5) / MIB);
    } else {
        print_ratio(results, result, references[1]);
        printf("  %8.1f\n", results_quantile(result, METRIC_PEAK, 0.5) / MIB);
    }
}

static void print_heading(const struct result *result)
{
    const struct workload *workload = result->workload;
    const char *const *references = reference_runners[workload->system];
    char title[256], text[320];

    report_title(workload, result->count, title, sizeof title);
    snprintf(text, sizeof text, "%s: %s%s", workload->name, title,
             workload->beside ? " (by a clock beside the target)" : "");
    printf("\n%s\n  %-18s %4s  %10s  %22s", text, "", "runs", "median   ", "quartiles      ");
    if (workload->system == PIPELINE)
        printf("%11s  %11s  %8s  %7s  %8s  %8s\n", "/ plain", "events/s", "B/event", "stalls",
               "stalled s", "peak MiB");
    else
        printf("%11s%11s  %8s\n", references[0] != NULL ? "/ none" : "", "/ bare", "peak MiB");
}

void report_tables(const struct results *results)
{
    const struct workload *workload = NULL;

    for (size_t i = 0; i < results->size; i++) {
        const struct result *result = &results->items[i];
        if (result->size == 0)
            continue;
        if (result->workload != workload)
            print_heading(result);
        workload = result->workload;
        print_result(results, result);
    }
}

struct verdict {
    const struct claim *claim;
    const char *workload;
    struct spread measured; /* in the unit of the limit; low and high NAN where they mean nothing */
    bool holds;
};

static const char *unit_of(const struct claim *claim)
{
    if (claim->comparison == RATIO)
        return "";
    if (claim->metric == METRIC_FILE_EVENT)
        return "B";
    return claim->metric == METRIC_PEAK ? "MiB" : "ms";
}

/* Whether the claim could be measured on that workload. */
static bool judge(const struct results *results, const struct claim *claim, const char *workload,
                  struct verdict *verdict)
{
    const struct result *left = results_find(results, workload, claim->left), *right = NULL;
    double scale = claim->metric == METRIC_PEAK         ? MIB
                   : claim->metric == METRIC_FILE_EVENT ? 1
                                                        : 1e6;

    if (claim->right != NULL)
        right =
            results_find(results, claim->right_workload != NULL ? claim->right_workload : workload,
                         claim->right);
    if (left == NULL || (claim->right != NULL && right == NULL))
        return false;
    *verdict = (struct verdict){.claim = claim, .workload = workload, .measured = {0, NAN, NAN}};
    if (claim->comparison == VALUE) {
        verdict->measured.value = results_quantile(left, claim->metric, 0.5) / scale;
    } else if (claim->comparison == RATIO) {
        verdict->measured = results_ratio(left, right, claim->metric);
    } else {
        verdict->measured = results_difference(left, right, claim->metric);
        verdict->measured.value /= scale;
        verdict->measured.low /= scale;
        verdict->measured.high /= scale;
    }
    verdict->holds = claim->at_least ? verdict->measured.value >= claim->limit
                                     : verdict->measured.value <= claim->limit;
    return true;
}

/* Calls visit for each workload that a claim is about and that was measured. */
static void each_verdict(const struct results *results,
                         void (*visit)(const struct verdict *verdict, void *context), void *context)
{
    for (size_t i = 0; i < claim_count; i++) {
        for (size_t j = 0; j < workload_count; j++) {
            struct verdict verdict;
            if (fnmatch(claims[i].workload, workloads[j].name, 0) == 0 &&
                judge(results, &claims[i], workloads[j].name, &verdict))
                visit(&verdict, context);
        }
    }
}

static void print_verdict(const struct verdict *verdict, void *context)
{
    const struct claim *claim = verdict->claim;
    int *over = context, digits = claim->comparison == RATIO ? 3 : 2;
    char spread[64] = "";

    if (!isnan(verdict->measured.low))
        snprintf(spread, sizeof spread, "%.*f .. %.*f", digits, verdict->measured.low, digits,
                 verdict->measured.high);
    printf("  %-40s %-14s %8.*f %-3s  %-18s  %s %6.2f %-3s  %s\n", claim->title, verdict->workload,
           digits, verdict->measured.value, unit_of(claim), spread,
           claim->at_least ? ">=" : "<=", claim->limit, unit_of(claim),
           verdict->holds ? "ok" : "OVER");
    *over += !verdict->holds;
}

void report_claims(const struct results *results)
{
    int over = 0;

    printf("\n  %-40s %-14s %12s  %-18s  %-13s\n", "claim", "workload", "measured    ", "quartiles",
           "limit");
    each_verdict(results, print_verdict, &over);
    printf("\n%d claim%s over the limit\n", over, over == 1 ? " is" : "s are");
}

void report_conditions(const struct conditions *conditions)
{
    printf("%s, %ld processors; rounds: %u%s; load before %.2f, after %.2f\n", conditions->system,
           conditions->processors, conditions->rounds,
           conditions->quick ? " (quick: the counts are small, the numbers mean nothing)" : "",
           conditions->load_before, conditions->load_after);
    printf("disturbed by others: %u times; waited %.0f s for a quiet machine; stolen by the host: "
           "%.2f processors\n",
           conditions->disturbed, conditions->waited, conditions->stolen);
}

/* Our own names, and what uname says. */
static void put_string(FILE *file, const char *text)
{
    putc('"', file);
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20)
            fprintf(file, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            fprintf(file, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    putc('"', file);
}

static void put_number(FILE *file, double value)
{
    if (isfinite(value))
        fprintf(file, "%.10g", value);
    else
        fputs("null", file);
}

static void put_result(FILE *file, const struct result *result)
{
    char title[256];

    report_title(result->workload, result->count, title, sizeof title);
    fputs("\n    {\"workload\": ", file);
    put_string(file, result->workload->name);
    fputs(", \"title\": ", file);
    put_string(file, title);
    fprintf(file, ", \"clock\": \"%s\", \"count\": %ld, \"runner\": ",
            result->workload->beside ? "beside" : "command", result->count);
    put_string(file, result->runner->name);
    fprintf(file,
            ",\n     \"median_ns\": %.0f, \"quartile_1_ns\": %.0f, \"quartile_3_ns\": %.0f, "
            "\"samples\": [",
            results_quantile(result, METRIC_TIME, 0.5), results_quantile(result, METRIC_TIME, 0.25),
            results_quantile(result, METRIC_TIME, 0.75));
    for (size_t i = 0; i < result->size; i++) {
        const struct sample *sample = &result->samples[i];
        fprintf(file,
                "%s\n      {\"command_ns\": %" PRIu64 ", \"beside_ns\": %" PRIu64
                ", \"cpu_ns\": %" PRIu64 ", \"peak_bytes\": %" PRIu64,
                i > 0 ? "," : "", sample->command_ns, sample->beside_ns, sample->cpu_ns,
                sample->peak_bytes);
        fprintf(file,
                ", \"file_bytes\": %" PRIu64 ", \"events\": %" PRIu64 ", \"stalls\": %" PRIu64
                ", \"stall_ns\": %" PRIu64 "}",
                sample->file_bytes, sample->events, sample->stalls, sample->stall_ns);
    }
    fputs("]}", file);
}

struct json_claims {
    FILE *file;
    bool more;
};

static void put_verdict(const struct verdict *verdict, void *context)
{
    struct json_claims *json = context;

    fprintf(json->file, "%s\n    {\"claim\": ", json->more ? "," : "");
    put_string(json->file, verdict->claim->title);
    fputs(", \"workload\": ", json->file);
    put_string(json->file, verdict->workload);
    fputs(", \"measured\": ", json->file);
    put_number(json->file, verdict->measured.value);
    fputs(", \"quartile_1\": ", json->file);
    put_number(json->file, verdict->measured.low);
    fputs(", \"quartile_3\": ", json->file);
    put_number(json->file, verdict->measured.high);
    fprintf(json->file, ", \"unit\": \"%s\", \"%s\": %g, \"holds\": %s}", unit_of(verdict->claim),
            verdict->claim->at_least ? "at_least" : "at_most", verdict->claim->limit,
            verdict->holds ? "true" : "false");
    json->more = true;
}

int report_json(const char *path, const struct results *results,
                const struct conditions *conditions)
{
    FILE *file = fopen(path, "w");
    struct json_claims json = {file, false};
    bool more = false;

    if (file == NULL)
        return -1;
    fputs("{\"system\": ", file);
    put_string(file, conditions->system);
    fprintf(file,
            ", \"processors\": %ld, \"rounds\": %u, \"quick\": %s, \"load_before\": %.2f, "
            "\"load_after\": %.2f, \"disturbed\": %u, \"stolen\": %.3f,\n  \"results\": [",
            conditions->processors, conditions->rounds, conditions->quick ? "true" : "false",
            conditions->load_before, conditions->load_after, conditions->disturbed,
            conditions->stolen);
    for (size_t i = 0; i < results->size; i++) {
        if (results->items[i].size == 0)
            continue;
        fputs(more ? "," : "", file);
        put_result(file, &results->items[i]);
        more = true;
    }
    fputs("],\n  \"claims\": [", file);
    each_verdict(results, put_verdict, &json);
    fputs("]}\n", file);
    return fclose(file) == 0 ? 0 : -1;
}
