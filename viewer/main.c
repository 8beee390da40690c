/* trailview: looks at recorded runs. */
#include "cli.h"
#include "program.h"

int program_main(int argument_count, char **arguments)
{
    return cli_main(argument_count, arguments);
}
