/* trailview history: a quantity over builds, and where it changed. */
#include "command.h"
#include "compare/trend/history.h"

static int run(struct viewer *viewer, struct trail_error *error)
{
    return history_print(viewer, 0, error);
}

const struct command command_history = {
    .name = "history",
    .summary = "a quantity over builds, and which build began each change",
    .arguments = "--by KEY [--of WHAT] [RUN...]",
    .details =
        "Takes the runs by the value of the label KEY, as in 'trailview history --by build', in "
        "the order in which the values were first\n"
        "recorded; all runs, if none is named. WHAT is a span, as 'trailview stats' lists them "
        "(start..end, the default; loaded..ready of marks),\n"
        "a gap 'A -> B', loads (how many), or module NAME (when it is loaded). Of each build: the "
        "median, and 'from' and 'to', its 95 % interval,\n"
        "if it has six runs or more.\n"
        "\n"
        "A change is named with the build that began it: the ranks of all runs are parted where "
        "that tells most, and again, as long as what is\n"
        "told is more than permutations of the runs would tell (of whole builds, where builds vary "
        "more than their own runs do). Of 100 histories\n"
        "without a change, one is said to have one. Changes of times below --threshold are left "
        "out. 'check --history K' makes exit status 1 of a\n"
        "change in the last K builds.\n",
    .options = OPTION_BIT(OPTION_BY) | OPTION_BIT(OPTION_OF) | OPTION_BIT(OPTION_SORT) |
               OPTION_BIT(OPTION_THRESHOLD),
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
