/*
 * image_imports FILE...: prints what images ask the loader for, as Trail reads it, in the form
 * "FILE<tab>KIND<tab>NAME[<tab>VERSION]". For a comparison with other readers of images.
 */
#include "event_kinds.h"
#include "image/elf.h"
#include "image/imports.h"
#include "image/pe.h"
#include "os.h"

#include <stdio.h>

static struct module_identity identity; /* large */

static int print(const char *path)
{
    struct image_source source = {.read_at = os_file_read};
    const char *at = identity.imports;
    struct import import;
    char shown[4096];
    struct os_file *file = os_file_open(path, &source.size, shown, sizeof shown);

    if (file == NULL)
        return -1;
    source.context = file;
    identity_clear(&identity);
    if (elf_parse(&source, &identity) != 0)
        pe_parse(&source, &identity);
    os_file_close(file);
    while (imports_next(&at, &import))
        printf("%s\t%s\t%.*s%s%.*s\n", path, event_code_word(FIELD_IMPORT, import.kind),
               (int)import.name_length, import.name, import.version_length > 0 ? "\t" : "",
               (int)import.version_length, import.version);
    return 0;
}

int main(int count, char **arguments)
{
    for (int i = 1; i < count; i++)
        if (print(arguments[i]) != 0)
            return 1;
    return 0;
}
