/* trailview: looks at recorded runs. */
#include "program.h"
#include "viewer.h"

int program_main(int argument_count, char **arguments)
{
    return viewer_main(argument_count, arguments);
}
