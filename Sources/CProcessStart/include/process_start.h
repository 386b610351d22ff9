#pragma once

/* What the process does before main, and before anything of the runtime opens a descriptor. Calling it keeps it linked;
 * a second time it does nothing more. */
void process_start(void);
