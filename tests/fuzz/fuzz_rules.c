/* The rules file: whatever it is, rules or one sentence that names line and column. */
#include "fuzz.h"

#include "rules/rules.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trail_error error = {0};
    struct rules rules;

    if (rules_parse("app.rules", (const char *)data, size, &rules, &error) != 0) {
        FUZZ_EXPECT(strncmp(error.sentence, "app.rules:", 10) == 0 ||
                    strstr(error.sentence, "'app.rules'") != NULL);
        FUZZ_EXPECT(strchr(error.sentence, '\n') == NULL);
    }
    rules_release(&rules);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const char seed[] =
        "trail-rules 1\nrequire \"a b.dll\" # why\n[process x*]\norder a < b < c\nidentity a "
        "version=1.* size=5\n"
        "limit time start..mark:ready 450ms median 1.5s\npath * {system} {app}/**\n";

    if (number > 0 || room < sizeof seed)
        return 0;
    memcpy(out, seed, sizeof seed - 1);
    return sizeof seed - 1;
}
