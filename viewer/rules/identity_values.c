/* See identity_values.h. */
#include "identity_values.h"

#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool identity_values_have_key(const struct rule *rule, enum rule_identity key)
{
    for (size_t i = 0; i + 1 < rule->word_count; i++)
        if (rule->keys[i] == key)
            return true;
    return false;
}

/* A glob of the whole value or, for a version, of its first word: "10.0.19041.1 (WinBuild...)". */
static bool is_value(const char *glob, const char *value)
{
    char first[64];

    snprintf(first, sizeof first, "%.*s", (int)strcspn(value, " "), value);
    return text_glob(glob, value, true) || text_glob(glob, first, true);
}

bool identity_values_match(const struct rule *rule, enum rule_identity key, const char *value)
{
    for (size_t i = 1; i < rule->word_count; i++)
        if (rule->keys[i - 1] == key && is_value(rule->words[i], value))
            return true;
    return false;
}

const char *identity_values_of(const struct recordings *recordings, size_t module,
                               enum rule_identity key, char *room)
{
    const struct identity *identity = &recordings->modules[module].identity;

    switch (key) {
    case IDENTITY_VERSION:
        return recordings_text(recordings, identity->version);
    case IDENTITY_BUILD_ID:
        /* as the column build_id has it */
        return recordings_text(recordings, identity->build_id != TEXT_NONE ? identity->build_id
                                                                           : identity->pdb);
    case IDENTITY_PDB:
        return recordings_text(recordings, identity->pdb);
    default:
        room[0] = '\0';
        if (identity->file_bytes > 0)
            snprintf(room, IDENTITY_ROOM, "%" PRId64, identity->file_bytes);
        return room;
    }
}

enum rule_identity identity_values_differ(const struct recordings *recordings,
                                          const struct rule *rule, size_t module)
{
    char room[IDENTITY_ROOM];

    for (int i = 0; i < IDENTITIES; i++) {
        enum rule_identity key = (enum rule_identity)i;
        if (identity_values_have_key(rule, key) &&
            !identity_values_match(rule, key, identity_values_of(recordings, module, key, room)))
            return key;
    }
    return IDENTITIES;
}
