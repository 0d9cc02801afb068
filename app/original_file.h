// The bytes a Document was read from, read again for page images and proven by their hash: a Corpus keeps text, not
// files. Job thread.
#pragma once

#include "app/workspace.h"
#include "ingest/document.h"

#include <stop_token>
#include <string>

namespace app {

// Throws std::runtime_error: the file is gone, or is no longer the one that was read.
std::string readOriginal(const ReadRequest& request, const ingest::Document& document, std::stop_token stop);

} // namespace app
