// The style sheet of the HTML report: a constant text, light and dark, screen and paper. Contrast at
// least 4.5 to 1.
#pragma once

#include <string>

namespace app {

std::string htmlStyle();

} // namespace app
