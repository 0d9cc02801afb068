#include "ingest/git_source.h"
namespace ingest {
std::unique_ptr<Source> openGitSource(const std::string&, const SourceOptions&) {
    return nullptr;
}
} // namespace ingest
