/*
 * Who the image of an event is, from the file at the path that it names: for when the process is
 * gone and no handle came with the event. Any thread.
 */
#ifndef TRAIL_IMAGE_FILE_H
#define TRAIL_IMAGE_FILE_H

#include "event.h"
#include "identity.h"

/*
 * Always fills identity, with whatever could be found. A file whose build-id, or else whose span in
 * memory, is not what the event says of the image was replaced meanwhile and is not believed.
 */
void image_file_identify(const struct event *event, struct module_identity *identity);

#endif
