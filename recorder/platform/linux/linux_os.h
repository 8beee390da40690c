/* What os.c offers to the Linux platform besides os.h. */
#ifndef TRAIL_LINUX_OS_H
#define TRAIL_LINUX_OS_H

/* From now on Ctrl-C asks the recorder to end: the target is not in our terminal's foreground group. Loop thread. */
void linux_os_claim_interrupt(void);

#endif
