// The inside of the engine process: an EmbeddedEngine that answers requests as JSON lines on a socket (the
// lines are described in engine_process.h). Locks the process down before it looks at a checkpoint: no new privileges, ends with
// its parent, nothing open but the socket. Runs until the socket closes.
#pragma once

#include "app/backend/embedded_engine.h"

namespace app {

// Never returns: the process ends when the socket closes. `socket` is read and written; `parent` is the process that must still be there.
[[noreturn]] void serveEngine(const EmbeddedOptions& options, int socket, int parent);

} // namespace app
