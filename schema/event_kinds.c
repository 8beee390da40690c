/* The tables behind event_kinds.h, generated from event_kinds.def by the preprocessor. */
#include "event_kinds.h"

#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct field_descriptor all_fields[FIELDS_TOTAL + 1] = {
#define TRAIL_FIELD(CONSTANT, field, TYPE) [CONSTANT##_##field] = {#field, FIELD_##TYPE},
#include "event_kinds.def"
};

/* How many fields a kind has: what follows it in the list counts to the next kind. */
enum field_count {
    COUNT_BEFORE_FIRST = 0
#define TRAIL_KIND(number, CONSTANT, name, table) , COUNT_##CONSTANT = 0
#define TRAIL_FIELD(CONSTANT, field, TYPE) +1
#include "event_kinds.def"
};

static const struct kind_descriptor kinds[EVENT_KINDS] = {
#define TRAIL_KIND(number, CONSTANT, name, table) \
    [number] = {EVENT_##CONSTANT, name, table, &all_fields[FIELDS_OF_##CONSTANT], COUNT_##CONSTANT},
#include "event_kinds.def"
};

static const struct code_word {
    enum field_type type;
    uint64_t value;
    const char *word;
} code_words[] = {
#define TRAIL_CODE(TYPE, CONSTANT, number, word) {FIELD_##TYPE, number, word},
#include "event_kinds.def"
};

#define CODE_WORDS (sizeof code_words / sizeof code_words[0])

static const struct code_name code_names[] = {
#define TRAIL_EXCEPTION(code, name) {code, false, name},
#define TRAIL_SIGNAL(number, name) {number, true, name},
#include "exception_codes.def"
};

const struct kind_descriptor *event_kind_descriptor(unsigned kind)
{
    return kind < EVENT_KINDS && kinds[kind].name != NULL ? &kinds[kind] : NULL;
}

enum event_kind event_kind_by_name(const char *name)
{
    for (unsigned kind = 1; kind < EVENT_KINDS; kind++)
        if (kinds[kind].name != NULL && text_equal_ignoring_case(kinds[kind].name, name))
            return (enum event_kind)kind;
    return EVENT_NONE;
}

const char *event_code_word(enum field_type type, uint64_t value)
{
    for (size_t i = 0; i < CODE_WORDS; i++)
        if (code_words[i].type == type && code_words[i].value == value)
            return code_words[i].word;
    return NULL;
}

int event_code_value(enum field_type type, const char *word, uint64_t *value)
{
    for (size_t i = 0; i < CODE_WORDS; i++) {
        if (code_words[i].type == type && strcmp(code_words[i].word, word) == 0) {
            *value = code_words[i].value;
            return 0;
        }
    }
    return -1;
}

const char *event_code_domain(enum field_type type)
{
    switch (type) {
    case FIELD_VIA:
        return "via";
    case FIELD_LOAD_PHASE:
        return "load_phase";
    case FIELD_TIME_SOURCE:
        return "time_source";
    case FIELD_ENCODING:
        return "encoding";
    case FIELD_RIP_TYPE:
        return "rip_type";
    case FIELD_FAILED:
        return "failed";
    case FIELD_CAUSE:
        return "cause";
    case FIELD_IMPORT:
        return "import";
    default:
        return NULL;
    }
}

enum event_kind event_kind_by_word(const char *word, size_t length)
{
    static const struct {
        const char *word;
        enum event_kind kind;
    } words[] = {
        {"load", EVENT_LOAD_DLL},
        {"unload", EVENT_UNLOAD_DLL},
        {"exception", EVENT_EXCEPTION},
        {"output", EVENT_OUTPUT_DEBUG_STRING},
        {"mark", EVENT_MARK},
        {"failed", EVENT_LOAD_FAILED},
        {"exit", EVENT_EXIT_PROCESS},
        {"thread", EVENT_CREATE_THREAD},
        {"process", EVENT_CREATE_PROCESS},
    };

    char copy[16];

    if (length >= sizeof copy)
        return EVENT_NONE;
    memcpy(copy, word, length);
    copy[length] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_equal_ignoring_case(words[i].word, copy))
            return words[i].kind;
    return EVENT_NONE;
}

size_t event_code_names(const struct code_name **names)
{
    *names = code_names;
    return sizeof code_names / sizeof code_names[0];
}

const char *event_code_name(uint32_t code, bool is_signal)
{
    for (size_t i = 0; i < sizeof code_names / sizeof code_names[0]; i++)
        if (code_names[i].code == code && code_names[i].is_signal == is_signal)
            return code_names[i].name;
    return NULL;
}

void event_exit_code(uint32_t code, char text[EVENT_EXIT_CODE_CAPACITY])
{
    const char *name = event_code_name(code, false);

    if (code <= 0x3FFFFFFF)
        snprintf(text, EVENT_EXIT_CODE_CAPACITY, "%" PRIu32, code);
    else if (name == NULL)
        snprintf(text, EVENT_EXIT_CODE_CAPACITY, "0x%08" PRIx32, code);
    else
        snprintf(text, EVENT_EXIT_CODE_CAPACITY, "0x%08" PRIx32 " (%s)", code, name);
}
