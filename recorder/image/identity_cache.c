/* See identity_cache.h. */
#include "image/identity_cache.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 256 };

static struct entry {
    char *path;
    struct file_stamp stamp;
    struct module_identity identity;
} * slots[SLOTS]; /* by the path */

static struct entry **slot_of(const char *path)
{
    return &slots[text_hash(path, strlen(path)) % SLOTS];
}

static const struct entry *find(const char *path)
{
    const struct entry *entry = *slot_of(path);

    return entry != NULL && strcmp(entry->path, path) == 0 ? entry : NULL;
}

static bool is_same(const struct file_stamp *one, const struct file_stamp *other)
{
    return one->volume == other->volume && one->number == other->number &&
           one->bytes == other->bytes && one->modified == other->modified &&
           one->changed == other->changed;
}

const struct module_identity *identity_cache_find(const char *path, const struct file_stamp *stamp)
{
    const struct entry *entry = find(path);

    return entry != NULL && is_same(&entry->stamp, stamp) ? &entry->identity : NULL;
}

const struct module_identity *identity_cache_find_path(const char *path)
{
    const struct entry *entry = find(path);

    return entry != NULL ? &entry->identity : NULL;
}

void identity_cache_remember(const char *path, const struct file_stamp *stamp,
                             const struct module_identity *identity)
{
    struct entry **slot = slot_of(path);
    size_t size = strlen(path) + 1;
    char *copy = malloc(size);

    if (copy == NULL || (*slot == NULL && (*slot = calloc(1, sizeof **slot)) == NULL)) {
        free(copy);
        return;
    }
    free((*slot)->path);
    (*slot)->path = memcpy(copy, path, size);
    (*slot)->stamp = *stamp;
    identity_copy(&(*slot)->identity, identity);
}
