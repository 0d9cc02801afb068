// The actions of `lectern engine`, one function each; engine.cpp chooses. Each returns the exit code.
#pragma once

#include <string>
#include <vector>

namespace app::cli {

class Invocation;

int engineList(Invocation& call);
int engineInfo(Invocation& call);
int engineLogits(Invocation& call);
int engineTokenize(Invocation& call);
int engineTest(Invocation& call);
int engineBench(Invocation& call);
int engineComplete(Invocation& call);
// engine serve MODEL DEVICE WINDOW PARENT [SHELF BYTES]: never returns.
int engineServe(const std::vector<std::string>& arguments);

} // namespace app::cli
