// A squarified treemap of a corpus as SVG (`ingest --treemap`): area is tokens, colour is kind, every rectangle carries
// its path as a tooltip. Pure function; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace app::cli {

struct TreemapFile {
    std::string path, kind, state;
    std::int64_t tokens = 0;
};
std::string treemapSvg(const std::vector<TreemapFile>& files, const std::string& title, int width = 1200, int height = 800);

} // namespace app::cli
