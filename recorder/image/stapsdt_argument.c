/* See stapsdt_argument.h. */
#include "stapsdt_argument.h"

#include <string.h>

struct parser {
    const char *at;
    struct stapsdt_argument *argument;
    const char *symbol;
    size_t symbol_length;
};

static bool accept(struct parser *parser, char c)
{
    if (*parser->at != c)
        return false;
    parser->at++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool begins_symbol(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

/* Decimal or 0x; modulo 2^64, as the assembler has it. */
static bool parse_number(struct parser *parser, uint64_t *number)
{
    unsigned base = 10;
    bool any = false;

    *number = 0;
    if (parser->at[0] == '0' && parser->at[1] == 'x') {
        base = 16;
        parser->at += 2;
    }
    for (;; parser->at++, any = true) {
        char c = *parser->at;
        unsigned digit = is_digit(c)                          ? (unsigned)(c - '0')
                         : base == 16 && c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : base == 16 && c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                              : base;
        if (digit == base)
            return any;
        *number = *number * base + digit;
    }
}

static bool parse_symbol(struct parser *parser)
{
    const char *start = parser->at;

    if (parser->symbol != NULL)
        return false;
    while (begins_symbol(*parser->at) || is_digit(*parser->at) || *parser->at == '$')
        parser->at++;
    parser->symbol = start;
    parser->symbol_length = (size_t)(parser->at - start);
    return true;
}

/* Numbers and at most one symbol, which is added: "-8", "names+8", "8+names". */
static bool parse_expression(struct parser *parser)
{
    uint64_t sum = 0, number;
    bool first = true;

    for (;; first = false) {
        bool minus = accept(parser, '-');
        if (!minus && !accept(parser, '+') && !first)
            break;
        if (begins_symbol(*parser->at)) {
            if (minus || !parse_symbol(parser))
                return false;
        } else {
            if (!parse_number(parser, &number))
                return false;
            sum += minus ? 0 - number : number;
        }
    }
    parser->argument->displacement = (int64_t)sum;
    return true;
}

/* What follows the %: full registers, or their lower parts. */
static bool find_register(const char *name, size_t length, uint8_t *number, uint8_t *shift)
{
    static const char *const names[STAPSDT_REGISTERS][4] = {
        {"rax", "eax", "ax", "al"},      {"rbx", "ebx", "bx", "bl"},
        {"rcx", "ecx", "cx", "cl"},      {"rdx", "edx", "dx", "dl"},
        {"rsi", "esi", "si", "sil"},     {"rdi", "edi", "di", "dil"},
        {"rbp", "ebp", "bp", "bpl"},     {"rsp", "esp", "sp", "spl"},
        {"r8", "r8d", "r8w", "r8b"},     {"r9", "r9d", "r9w", "r9b"},
        {"r10", "r10d", "r10w", "r10b"}, {"r11", "r11d", "r11w", "r11b"},
        {"r12", "r12d", "r12w", "r12b"}, {"r13", "r13d", "r13w", "r13b"},
        {"r14", "r14d", "r14w", "r14b"}, {"r15", "r15d", "r15w", "r15b"},
        {"rip", "eip", "ip", ""},
    };

    *shift = 0;
    for (unsigned i = 0; i < STAPSDT_REGISTERS; i++)
        for (unsigned part = 0; part < 4; part++)
            if (strlen(names[i][part]) == length && length > 0 &&
                memcmp(names[i][part], name, length) == 0) {
                *number = (uint8_t)i;
                return true;
            }
    if (length == 2 && name[1] == 'h' && name[0] >= 'a' && name[0] <= 'd') {
        static const uint8_t high[] = {STAPSDT_RAX, STAPSDT_RBX, STAPSDT_RCX, STAPSDT_RDX};
        *number = high[name[0] - 'a'];
        *shift = 8;
        return true;
    }
    return false;
}

static bool parse_register(struct parser *parser, uint8_t *number, uint8_t *shift)
{
    const char *start;

    if (!accept(parser, '%'))
        return false;
    start = parser->at;
    while ((*parser->at >= 'a' && *parser->at <= 'z') || is_digit(*parser->at))
        parser->at++;
    return find_register(start, (size_t)(parser->at - start), number, shift);
}

/* Behind the displacement: (base), (base,index), (base,index,scale), (,index,scale). */
static bool parse_registers(struct parser *parser)
{
    struct stapsdt_argument *argument = parser->argument;
    uint64_t scale = 1;
    uint8_t shift = 0, index_shift = 0;

    if (*parser->at == '%' && !parse_register(parser, &argument->base, &shift))
        return false;
    if (accept(parser, ',')) {
        if (!parse_register(parser, &argument->index, &index_shift) ||
            (accept(parser, ',') && !parse_number(parser, &scale)))
            return false;
        if (scale != 1 && scale != 2 && scale != 4 && scale != 8)
            return false;
    }
    argument->scale = (uint8_t)scale;
    return shift == 0 && index_shift == 0 && accept(parser, ')');
}

static bool parse_memory(struct parser *parser)
{
    struct stapsdt_argument *argument = parser->argument;

    argument->place = STAPSDT_IN_MEMORY;
    if (*parser->at != '(' && !parse_expression(parser))
        return false;
    if (accept(parser, '(') && !parse_registers(parser))
        return false;
    /* it means the symbol's address, wherever rip is */
    if (parser->symbol != NULL && argument->base == STAPSDT_RIP)
        argument->base = STAPSDT_NO_REGISTER;
    return true;
}

static bool parse_operand(struct parser *parser)
{
    struct stapsdt_argument *argument = parser->argument;

    if (accept(parser, '$')) {
        argument->place = STAPSDT_CONSTANT;
        return parse_expression(parser);
    }
    if (*parser->at == '%') {
        argument->place = STAPSDT_IN_REGISTER;
        return parse_register(parser, &argument->base, &argument->shift);
    }
    return parse_memory(parser);
}

/* "-4@": without it the argument is as wide as a register. */
static bool parse_size(struct parser *parser)
{
    const char *at_sign = parser->at + strcspn(parser->at, "@ ");
    uint64_t bytes;

    parser->argument->bytes = 8;
    if (*at_sign != '@')
        return true;
    parser->argument->is_signed = accept(parser, '-');
    if (at_sign != parser->at + 1 || !parse_number(parser, &bytes) || !accept(parser, '@'))
        return false;
    parser->argument->bytes = (uint8_t)bytes;
    return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

bool stapsdt_parse_argument(const char *text, struct stapsdt_argument *argument,
                            const char **symbol, size_t *symbol_length)
{
    struct parser parser = {text, argument, NULL, 0};

    memset(argument, 0, sizeof *argument);
    argument->base = argument->index = STAPSDT_NO_REGISTER;
    argument->scale = 1;
    while (*parser.at == ' ')
        parser.at++;
    if (*parser.at == '\0' || !parse_size(&parser) || !parse_operand(&parser) ||
        (*parser.at != '\0' && *parser.at != ' '))
        return false;
    argument->in_image = parser.symbol != NULL;
    *symbol = parser.symbol;
    *symbol_length = parser.symbol_length;
    return true;
}

uint64_t stapsdt_locate(const struct stapsdt_argument *argument, const uint64_t *registers,
                        uint64_t moved)
{
    uint64_t sum = (uint64_t)argument->displacement + (argument->in_image ? moved : 0);

    if (argument->base < STAPSDT_REGISTERS)
        sum += registers[argument->base] >> argument->shift;
    if (argument->index < STAPSDT_REGISTERS)
        sum += registers[argument->index] * argument->scale;
    return sum;
}

uint64_t stapsdt_narrow(const struct stapsdt_argument *argument, uint64_t value)
{
    unsigned unused = 64 - 8 * argument->bytes;

    value = value << unused >> unused;
    if (argument->is_signed && unused > 0 && (value >> (63 - unused) & 1) != 0)
        value |= ~UINT64_C(0) << (64 - unused);
    return value;
}
