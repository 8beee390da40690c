/* See image_file.h. */
#include "image/image_file.h"

#include "image/elf.h"
#include "image/pe.h"
#include "os.h"

#include <stdio.h>
#include <string.h>

static bool agrees(const struct event *event, const struct module_identity *identity)
{
    char build_id[sizeof identity->build_id];

    if (event->image.build_id.length > 0) {
        elf_hex(event_bytes_at(event, event->image.build_id), event->image.build_id.length,
                build_id, sizeof build_id);
        return strcmp(build_id, identity->build_id) == 0;
    }
    return event->image.size == 0 || event->image.size == identity->image_bytes;
}

static void identify_as_named(const struct event *event, const char *path,
                              struct module_identity *identity)
{
    identity_clear(identity);
    snprintf(identity->path, sizeof identity->path, "%s", path);
    elf_hex(event_bytes_at(event, event->image.build_id), event->image.build_id.length,
            identity->build_id, sizeof identity->build_id);
    identity->image_bytes = event->image.size;
}

void image_file_identify(const struct event *event, struct module_identity *identity)
{
    struct event_span span = event->image.path;
    char named[sizeof identity->path];
    struct image_source source = {.read_at = os_file_read};
    struct os_file *file;

    snprintf(named, sizeof named, "%.*s", span.length < sizeof named ? (int)span.length : 0,
             (const char *)event_bytes_at(event, span));
    identity_clear(identity);
    file = os_file_open(named, &source.size, identity->path, sizeof identity->path);
    source.context = file;
    if (file == NULL)
        identify_as_named(event, memcpy(named, identity->path, sizeof named), identity);
    else if ((elf_parse(&source, identity) != 0 && pe_parse(&source, identity) != 0) ||
             !agrees(event, identity))
        identify_as_named(event, named, identity);
    else
        identity->file_bytes = source.size;
    os_file_close(file);
}
