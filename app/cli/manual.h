// The man page and the bash completion, made from the command table so that they cannot drift; the files in
// resources/linux are these texts; tst_command_line compares them, and writes them with LECTERN_UPDATE=1.
#pragma once

#include <string>

namespace app::cli {

std::string manualPage();     // lectern.1
std::string bashCompletion(); // lectern.bash

} // namespace app::cli
