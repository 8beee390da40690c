/* The formats of reports: see report.h. */
#include "report.h"

#include <string.h>

const char *const report_formats[] = {"junit", "sarif", "github", NULL};

report_printer *report_format(const char *name)
{
    static const struct {
        const char *name;
        report_printer *print;
    } formats[] = {{"table", report_text},
                   {"junit", report_junit},
                   {"sarif", report_sarif},
                   {"github", report_github}};

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0)
            return formats[i].print;
    return NULL;
}
