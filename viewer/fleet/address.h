/*
 * Where a fleet's server is: http[s]://HOST[:PORT]/DATABASE, as the command line says it. There is
 * no user and password in it, since others see a command line. Pure functions.
 */
#ifndef TRAIL_ADDRESS_H
#define TRAIL_ADDRESS_H

#include "error.h"

#include <stdbool.h>

enum { ADDRESS_CAPACITY = 512 };

struct address {
    char server[ADDRESS_CAPACITY];   /* "http://HOST:PORT" */
    char database[ADDRESS_CAPACITY]; /* letters, digits and _ */
};

/* Whether the text is meant to be one: it begins with http:// or https://. */
bool address_is_one(const char *text);

/* Returns 0, or -1 and error, in which there is no password. */
int address_parse(const char *text, struct address *address, struct trail_error *error);

#endif
