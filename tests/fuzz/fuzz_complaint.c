/*
 * What a server, or whoever else answers, says when it refuses; and addresses. Whatever it is, it
 * becomes one sentence that harms no terminal, and an address is only what can stand in a URL.
 */
#include "fleet/address.h"
#include "fleet/complaint.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check_sentence(const char *sentence)
{
    FUZZ_EXPECT(sentence[0] != '\0');
    for (; *sentence != '\0'; sentence++)
        FUZZ_EXPECT((unsigned char)*sentence >= ' ' && *sentence != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trail_error error = {TRAIL_OK, 0, ""};
    struct address address;
    char *text = malloc(size + 1);

    FUZZ_EXPECT(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    complaint_say("http://h", size % 2 == 0 ? 500 : 200, text, size, &error);
    check_sentence(error.sentence);
    if (address_parse(text, &address, &error) == 0)
        FUZZ_EXPECT(strncmp(text, address.server, strlen(address.server)) == 0 &&
                    strpbrk(address.server, "@?#% '\"\\") == NULL &&
                    strpbrk(address.database, "@?#% '\"\\/") == NULL);
    free(text);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const char *const seeds[] = {
        "Code: 62, e.displayText() = DB::Exception: bad \x1b[1m, e.what() = DB::Exception\n",
        "Code: 516. DB::Exception: no. (AUTHENTICATION_FAILED) (version 24.8.4.13)\n",
        "Code: 99999999999999, DB::Exception: ",
        "<html>\xe2\x80\xae</html>",
        "http://host-1.example:8123/trail",
        "https://[::1]:8443/trail/",
        "http://user:password@host/trail?x=y#z",
    };
    size_t size = number < sizeof seeds / sizeof seeds[0] ? strlen(seeds[number]) : 0;

    if (size > room)
        return 0;
    memcpy(out, size > 0 ? seeds[number] : "", size);
    return size;
}
