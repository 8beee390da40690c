/*
 * Prints the probes of an ELF file, as the recorder reads them: provider, name, address, semaphore,
 * arguments; and whether the first is understood.
 */
#include "image/stapsdt.h"
#include "image/stapsdt_argument.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static size_t read_file(void *context, uint64_t offset, void *buffer, size_t size)
{
    FILE *file = context;

    return fseek(file, (long)offset, SEEK_SET) == 0 ? fread(buffer, 1, size, file) : 0;
}

static bool print(void *context, const struct stapsdt_note *note)
{
    struct stapsdt_argument argument;
    const char *symbol;
    size_t length;

    (void)context;
    printf("%s %s 0x%016" PRIx64 " 0x%016" PRIx64 " %s\n", note->provider, note->name,
           note->address, note->semaphore, note->arguments);
    if (note->arguments[0] != '\0' && strchr(note->arguments, 'f') == NULL &&
        !stapsdt_parse_argument(note->arguments, &argument, &symbol, &length))
        printf("not understood: %s\n", note->arguments);
    return true;
}

int main(int argument_count, char **arguments)
{
    FILE *file = argument_count == 2 ? fopen(arguments[1], "rb") : NULL;
    struct image_source source = {file, read_file, 0};

    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return 2;
    source.size = (uint64_t)ftell(file);
    return stapsdt_read(&source, print, NULL) == 0 ? 0 : 1;
}
