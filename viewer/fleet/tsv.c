/* See tsv.h. */
#include "tsv.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

void tsv_begin(struct tsv *tsv, size_t columns, tsv_take take, void *context)
{
    tsv->columns = columns;
    tsv->take = take;
    tsv->context = context;
    tsv->at = 0;
    tsv->starts[0] = 0;
    tsv->is_none[0] = tsv->is_escaped = false;
    buffer_clear(&tsv->row);
}

static int end_row(struct tsv *tsv, struct trail_error *error)
{
    struct tsv_value values[TSV_COLUMNS_MAX];

    if (tsv->at + 1 != tsv->columns)
        return error_set(error, TRAIL_DAMAGED, 0, "the server sent a row of %zu columns, not %zu",
                         tsv->at + 1, tsv->columns);
    buffer_add_char(&tsv->row, '\0');
    if (tsv->row.failed)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    tsv->starts[tsv->columns] = tsv->row.length;
    for (size_t i = 0; i < tsv->columns; i++)
        values[i] = tsv->is_none[i] ? (struct tsv_value){NULL, 0}
                                    : (struct tsv_value){tsv->row.data + tsv->starts[i],
                                                         tsv->starts[i + 1] - tsv->starts[i] - 1};
    if (tsv->take(tsv->context, values, error) != 0)
        return -1;
    tsv_begin(tsv, tsv->columns, tsv->take, tsv->context);
    return 0;
}

static int end_value(struct tsv *tsv, struct trail_error *error)
{
    if (tsv->at + 1 == tsv->columns)
        return error_set(error, TRAIL_DAMAGED, 0, "the server sent a row of more than %zu columns",
                         tsv->columns);
    buffer_add_char(&tsv->row, '\0');
    tsv->starts[++tsv->at] = tsv->row.length;
    tsv->is_none[tsv->at] = false;
    return 0;
}

static int add_escaped(struct tsv *tsv, char c, struct trail_error *error)
{
    static const char codes[] = "bfrnt0'\\", meant[] = "\b\f\r\n\t\0'\\";
    const char *code = c != '\0' ? strchr(codes, c) : NULL;

    tsv->is_escaped = false;
    if (tsv->is_none[tsv->at] ||
        (code == NULL && (c != 'N' || tsv->row.length != tsv->starts[tsv->at])))
        return error_set(error, TRAIL_DAMAGED, 0, "the server sent an escape that there is not");
    if (code == NULL)
        tsv->is_none[tsv->at] = true;
    else
        buffer_add_char(&tsv->row, meant[code - codes]);
    return 0;
}

/* What means itself, up to what does not. */
static int add_plain(struct tsv *tsv, const char *bytes, size_t length, struct trail_error *error)
{
    if (tsv->is_none[tsv->at])
        return error_set(error, TRAIL_DAMAGED, 0, "the server sent more after a value of none");
    if (length > TSV_ROW_BYTES_MAX - tsv->row.length)
        return error_set(error, TRAIL_DAMAGED, 0, "the server sent a row of more than %d MiB",
                         TSV_ROW_BYTES_MAX >> 20);
    buffer_add(&tsv->row, bytes, length);
    return tsv->row.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}

static size_t plain_length(const char *bytes, size_t length)
{
    size_t plain = 0;

    while (plain < length && bytes[plain] != '\t' && bytes[plain] != '\n' && bytes[plain] != '\\')
        plain++;
    return plain;
}

int tsv_feed(void *context, const char *bytes, size_t length, struct trail_error *error)
{
    struct tsv *tsv = context;
    int result = 0;

    for (size_t i = 0; i < length && result == 0; i++) {
        size_t plain = tsv->is_escaped ? 0 : plain_length(bytes + i, length - i);
        if (tsv->row.length > TSV_ROW_BYTES_MAX - 2)
            plain = 1; /* which is told below */
        if (plain > 0) {
            result = add_plain(tsv, bytes + i, plain, error);
            i += plain - 1;
        } else if (tsv->is_escaped) {
            result = add_escaped(tsv, bytes[i], error);
        } else if (bytes[i] == '\\') {
            tsv->is_escaped = true;
        } else {
            result = bytes[i] == '\t' ? end_value(tsv, error) : end_row(tsv, error);
        }
    }
    return result;
}

int tsv_end(const struct tsv *tsv, struct trail_error *error)
{
    return tsv->at == 0 && tsv->row.length == 0 && !tsv->is_escaped && !tsv->is_none[0]
               ? 0
               : error_set(error, TRAIL_DAMAGED, 0, "the server's answer breaks off within a row");
}

void tsv_release(struct tsv *tsv)
{
    buffer_release(&tsv->row);
}

int tsv_integer(const struct tsv_value *value, int64_t *number, struct trail_error *error)
{
    const char *digits = value->text != NULL && *value->text == '-' ? value->text + 1 : value->text;
    char *end = NULL;

    errno = 0;
    if (digits != NULL && *digits >= '0' && *digits <= '9')
        *number = strtoimax(value->text, &end, 10);
    return end != NULL && errno == 0 && end == value->text + value->length
               ? 0
               : error_set(error, TRAIL_DAMAGED, 0, "the server sent '%.40s' for a number",
                           value->text != NULL ? value->text : "nothing");
}
