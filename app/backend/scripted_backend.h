// ScriptedBackend: answers from a JSON file instead of a model, for tests and for golden end-to-end runs with
// `--engine script:FILE`. Deterministic: the same requests in the same order give the same replies, usage included.
// Branches may come in any order, because a turn is found by what the request says and not only by its place.
// The file's form is described in app/backend/README.md. Same thread as its caller.
#pragma once

#include "app/backend/backend.h"

#include <memory>
#include <string>

namespace app {

// Throws BackendError(Configuration) naming the turn and the key that is wrong.
std::unique_ptr<Backend> makeScriptedBackend(const std::string& file);
// The same from the text itself; `name` stands for the file in sentences.
std::unique_ptr<Backend> makeScriptedBackendFromText(const std::string& json, const std::string& name);

} // namespace app
