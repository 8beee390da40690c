/* See completion.h. */
#include "completion.h"

#include <stdio.h>
#include <string.h>

/*
 * The runs of the file $1, a line each. Labels come from strangers: those with characters that
 * could mean something to a shell are left out.
 */
#define RUNS_COMMAND                                                                         \
    "trailview -d \"$1\" sql --format csv \"SELECT run FROM runs UNION ALL SELECT DISTINCT " \
    "'@' || key || '=' || value FROM runs, json_each(labels) WHERE key || value NOT GLOB "   \
    "'*[^a-zA-Z0-9_.+-]*'\" 2>/dev/null | tr -d '\\r' | tail -n +2; echo last"

/* The words that the option's argument may be; NULL: not known. */
static const char *words_of(const struct manual *manual, const struct manual_option *option)
{
    for (size_t i = 0; i < manual->word_count; i++)
        if (option->argument != NULL && strcmp(option->argument, manual->words[i].argument) == 0)
            return manual->words[i].words;
    return NULL;
}

static bool takes_file(const struct manual_option *option)
{
    return option->argument != NULL &&
           (strcmp(option->argument, "FILE") == 0 || strcmp(option->argument, "DIR") == 0);
}

static bool needs_argument(const struct manual_option *option)
{
    return option->argument != NULL && option->argument[0] != '[';
}

/* Text between single quotes; with `escaped` characters after a backslash. */
static void put_quoted(const char *text, const char *escaped)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            printf("'\\''");
        else
            printf("%s%c", strchr(escaped, *text) != NULL ? "\\" : "", *text);
    }
}

/* "-o|--output" */
static void put_pattern(const struct manual_option *option)
{
    if (option->letter != '\0')
        printf("-%c|", option->letter);
    printf("--%s", option->name);
}

/* Whether commands have words of their own for this option: formats. */
static bool has_own_words(const struct manual *manual, const struct manual_option *option)
{
    return manual->commands != NULL && option->argument != NULL &&
           strcmp(option->argument, "FORMAT") == 0;
}

/* For each of them what the shell does there; between its name and the words stands `middle`. */
static void put_own_words(const struct manual *manual, const char *start, const char *middle,
                          const char *end)
{
    for (size_t i = 0; i < manual->command_count; i++)
        if (manual->commands[i].formats != NULL)
            printf("%s%s%s%s%s", start, manual->commands[i].name, middle,
                   manual->commands[i].formats, end);
}

static void put_all_patterns(const struct manual *manual,
                             bool (*is_wanted)(const struct manual_option *))
{
    const char *separator = "";

    for (size_t i = 0; i < manual->option_count; i++) {
        if (!is_wanted(&manual->options[i]))
            continue;
        printf("%s", separator);
        put_pattern(&manual->options[i]);
        separator = "|";
    }
}

static void put_bash_options(const struct manual *manual, uint64_t bits)
{
    for (size_t i = 0; i < manual->option_count; i++)
        if (manual->commands == NULL || (bits & UINT64_C(1) << i))
            printf(" --%s", manual->options[i].name);
}

/* What stands where no option does: commands and runs, or programs and their arguments. */
static void put_bash_rest(const struct manual *manual)
{
    if (manual->commands == NULL) {
        printf("    compopt -o default\n");
        return;
    }
    printf("    if [[ -z $command || $command == help ]]; then words='");
    for (size_t i = 0; i < manual->command_count; i++)
        printf("%s%s", i > 0 ? " " : "", manual->commands[i].name);
    printf("'\n    else words=$(_%s_runs \"$file\"); compopt -o default; fi\n", manual->program);
}

static void put_bash(const struct manual *manual)
{
    const char *name = manual->program;

    printf("# bash completion for %s\n_%s_runs() { " RUNS_COMMAND "; }\n", name, name);
    printf(
        "_%s() {\n"
        "    local line=${COMP_LINE:0:COMP_POINT} prev=${COMP_WORDS[COMP_CWORD-1]} i\n"
        "    local cur=${line##*[[:space:]]} file=${TRAIL_DB:-trail.db} command= words= options=\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        case ${COMP_WORDS[i]} in\n"
        "        -d|--database) file=${COMP_WORDS[++i]} ;;\n        ",
        name);
    put_all_patterns(manual, needs_argument);
    printf(") ((++i)) ;;\n        -*) ;;\n        *) command=${command:-${COMP_WORDS[i]}} ;;\n"
           "        esac\n    done\n    case $command in\n");
    for (size_t i = 0; i < manual->command_count; i++) {
        printf("    %s) options='", manual->commands[i].name);
        put_bash_options(manual, manual->commands[i].options | manual->common_options);
        printf("' ;;\n");
    }
    printf("    *) options='");
    put_bash_options(manual, manual->common_options);
    printf("' ;;\n    esac\n    COMPREPLY=()\n    case $prev in\n    ");
    put_all_patterns(manual, takes_file);
    printf(") compopt -o default; return ;;\n");
    for (size_t i = 0; i < manual->option_count; i++) {
        const char *words = words_of(manual, &manual->options[i]);
        if (words == NULL || !needs_argument(&manual->options[i]))
            continue;
        printf("    ");
        put_pattern(&manual->options[i]);
        printf(") words='%s'", words);
        if (has_own_words(manual, &manual->options[i]))
            put_own_words(manual, "; [[ $command == ", " ]] && words='", "'");
        printf(" ;;\n");
    }
    printf("    ");
    put_all_patterns(manual, needs_argument);
    printf(") return ;;\n    esac\n    if [[ -n $words ]]; then :\n"
           "    elif [[ $cur == -* ]]; then words=$options\n    else\n");
    put_bash_rest(manual);
    /* readline completes what is behind the last of its separators, = and : among them */
    printf("    fi\n    local cut=${cur%%\"${cur##*[=:,]}\"} word\n"
           "    [[ $cur == *,* ]] && cut=${cur%%\"${cur##*,}\"}\n"
           "    for word in $words; do\n"
           "        if [[ $cur == *,* ]]; then COMPREPLY+=($(compgen -W \"$word\" -P \"$cut\" -- "
           "\"${cur##*,}\"))\n"
           "        elif [[ $word == \"$cur\"* ]]; then COMPREPLY+=(\"${word#\"$cut\"}\"); fi\n"
           "    done\n}\ncomplete -F _%s %s\n",
           name, name);
}

/* An option as _arguments wants it: '(-o --output)'{-o+,--output=}'[help]:FILE:_files'. */
static void put_zsh_option(const struct manual *manual, const struct manual_option *option)
{
    const char *words = words_of(manual, option), *equals = needs_argument(option) ? "=" : "";

    printf(" \\\n        ");
    if (option->letter != '\0')
        printf("'*'{-%c%s,--%s%s}'[", option->letter, *equals != '\0' ? "+" : "", option->name,
               equals);
    else
        printf("'*--%s%s[", option->name, equals);
    put_quoted(option->help, "[]\\");
    printf("]");
    if (has_own_words(manual, option)) {
        printf(":%s:_%s_formats", option->argument, manual->program);
    } else if (needs_argument(option)) {
        printf(":");
        put_quoted(option->argument, ":[]\\");
        printf(":%s%s%s", words != NULL ? "(" : "",
               words != NULL        ? words
               : takes_file(option) ? "_files"
                                    : " ",
               words != NULL ? ")" : "");
    }
    printf("'");
}

static void put_zsh_formats(const struct manual *manual)
{
    for (size_t i = 0; i < manual->option_count; i++) {
        if (!has_own_words(manual, &manual->options[i]))
            continue;
        printf("_%s_formats() {\n    local -a formats=(%s)\n    case \" $words \" in\n",
               manual->program, words_of(manual, &manual->options[i]));
        put_own_words(manual, "    *' ", " '*) formats=(", ") ;;\n");
        printf("    esac\n    compadd -a formats\n}\n");
    }
}

static void put_zsh(const struct manual *manual)
{
    const char *name = manual->program;

    printf("#compdef %s\n_%s_runs() {\n    local -a runs\n    runs=(${(f)\"$(_%s_list "
           "\"${opt_args[-d]:-${opt_args[--database]:-${TRAIL_DB:-trail.db}}}\")\"})\n"
           "    compadd -a runs\n    _files\n}\n_%s_list() { " RUNS_COMMAND
           "; }\n_%s() {\n    _arguments -s -S",
           name, name, name, name, name);
    for (size_t i = 0; i < manual->option_count; i++)
        put_zsh_option(manual, &manual->options[i]);
    if (manual->commands == NULL) {
        printf(" \\\n        '(-)1:command:_command_names -e' '*::arguments:_normal'\n}\n");
    } else {
        printf(" \\\n        '1:command:((");
        for (size_t i = 0; i < manual->command_count; i++) {
            printf("%s%s\\:\"", i > 0 ? " " : "", manual->commands[i].name);
            put_quoted(manual->commands[i].summary, "\"\\:()");
            printf("\"");
        }
        printf("))' '*:RUN:_%s_runs'\n}\n", name);
    }
    put_zsh_formats(manual);
    printf("_%s \"$@\"\n", name);
}

/* The condition under which fish offers an option: one of the commands that take it is there. */
static void put_fish_condition(const struct manual *manual, size_t option)
{
    if (manual->commands == NULL || (manual->common_options & UINT64_C(1) << option))
        return;
    printf(" -n '__fish_seen_subcommand_from");
    for (size_t i = 0; i < manual->command_count; i++)
        if (manual->commands[i].options & UINT64_C(1) << option)
            printf(" %s", manual->commands[i].name);
    printf("'");
}

static void put_fish_runs(const char *name)
{
    printf("function __%s_runs\n"
           "    set -l file trail.db\n"
           "    set -q TRAIL_DB; and set file $TRAIL_DB\n"
           "    set -l words (commandline -opc)\n"
           "    set -l at (contains -i -- -d $words; or contains -i -- --database $words)\n"
           "    test -n \"$at\"; and set file $words[(math $at + 1)]\n"
           "    sh -c '",
           name);
    put_quoted(RUNS_COMMAND, "\\");
    printf("' sh $file\nend\n"
           "complete -c %s -n 'not __fish_use_subcommand' -a '(__%s_runs)'\n",
           name, name);
}

static void put_fish(const struct manual *manual)
{
    const char *name = manual->program;

    printf("# fish completion for %s\n", name);
    for (size_t i = 0; i < manual->option_count; i++) {
        const struct manual_option *option = &manual->options[i];
        const char *words = words_of(manual, option);
        printf("complete -c %s", name);
        put_fish_condition(manual, i);
        if (has_own_words(manual, option)) {
            printf(" -n 'not __fish_seen_subcommand_from");
            for (size_t k = 0; k < manual->command_count; k++)
                if (manual->commands[k].formats != NULL)
                    printf(" %s", manual->commands[k].name);
            printf("'");
        }
        if (option->letter != '\0')
            printf(" -s %c", option->letter);
        printf(" -l %s%s%s -d '", option->name, needs_argument(option) ? " -r" : "",
               !needs_argument(option) || takes_file(option) ? "" : " -f");
        put_quoted(option->help, "\\");
        if (words != NULL && needs_argument(option))
            printf("' -a '%s", words);
        printf("'\n");
        if (has_own_words(manual, option))
            put_own_words(manual, "complete -c trailview -n '__fish_seen_subcommand_from ",
                          "' -l format -r -f -a '", "'\n");
    }
    for (size_t i = 0; i < manual->command_count; i++) {
        printf("complete -c %s -f -n __fish_use_subcommand -a %s -d '", name,
               manual->commands[i].name);
        put_quoted(manual->commands[i].summary, "\\");
        printf("'\n");
    }
    if (manual->commands == NULL)
        printf("complete -c %s -a '(__fish_complete_subcommand)'\n", name);
    else
        put_fish_runs(name);
}

bool completion_print(const struct manual *manual, const char *shell)
{
    static const struct {
        const char *shell;
        void (*put)(const struct manual *manual);
    } shells[] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}};

    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(shell, shells[i].shell) != 0)
            continue;
        shells[i].put(manual);
        return true;
    }
    return false;
}
