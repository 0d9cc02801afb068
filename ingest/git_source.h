// A git repository as a Source: its working tree (the default) or any revision, read from the object database by
// libgit2. Nothing of the repository runs: no hook, filter, file monitor or fetch. A repository that leads outside
// itself is refused (git_layout.h). One thread at a time per Source.
#pragma once

#include "ingest/source.h"

namespace ingest {

// `path` is an absolute, resolved folder. Null where no repository contains it; throws where one does and is refused.
std::unique_ptr<Source> openGitSource(const std::string& path, const SourceOptions& options);

} // namespace ingest
