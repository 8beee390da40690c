/*
 * A parser of text or bytes from strangers, and how it is tried: fuzz.c gives it the seeds, cut off
 * at many lengths and changed by chance (always the same chance); libFuzzer, in a build with
 * TRAIL_SANITIZE=fuzzer, looks for inputs of its own. One thread.
 */
#ifndef TRAIL_FUZZ_H
#define TRAIL_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/*
 * Gives the input to the parser and checks what it promises; ends the program if it breaks a
 * promise. Returns 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Writes the number-th seed that the target makes itself (from 0), at most `room` bytes. Returns
 * its size; 0: there are no more.
 */
size_t fuzz_seed(unsigned number, uint8_t *out, size_t room);

/* Ends the program with a sentence if it does not hold; also in builds without assert. */
#define FUZZ_EXPECT(holds) fuzz_expect(holds, #holds, __FILE__, __LINE__)
void fuzz_expect(int holds, const char *what, const char *file, int line);

/* Writes the bytes to a file in the working directory. */
void fuzz_write_file(const char *path, const uint8_t *data, size_t size);

#endif
