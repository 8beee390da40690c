/*
 * By which name modules of two runs are taken for the same one: the file's name without what only
 * tells its version, in lower case where the recorded system folds case. Pure functions.
 *
 *     libfoo.so.1.2, libfoo-1.3.so           libfoo.so
 *     foo-1.2.dll, Foo_1.3.0.DLL (Windows)   foo.dll
 *     _json.cpython-311-x86_64-linux-gnu.so  _json.so
 *     libgfortran-040039e1.so.5.0.0          libgfortran.so     (the hash that a Python wheel puts
 *                                            there)
 *     python3.11                             python
 *
 * What is no version stays: user32.dll, ws2_32.dll, msvcp140.dll, ld-linux-x86-64.so. Different
 * modules of one process that fall on one key are kept apart by keys_assign (keys.h),
 * which then takes their full names, or their folders too.
 */
#ifndef TRAIL_MODULE_KEY_H
#define TRAIL_MODULE_KEY_H

#include "buffer.h"

/* Adds the key of a file name. */
void module_key_add(struct buffer *out, const char *name, bool folds_case);

/* Adds the whole name, in lower case where case is folded. */
void module_key_add_folded(struct buffer *out, const char *name, bool folds_case);

#endif
