// What the jobs share on the command line: options become the RunRequest of a RunFrame (run_frame.h), its
// hooks become events, progress and the question on the terminal, and the report at the end is printed.
// Belongs to the thread that runs the command.
#pragma once

#include "app/cli/invocation.h"
#include "app/run_frame.h"

#include <memory>
#include <stop_token>
#include <string>

namespace app::cli {

class JobFrame {
public:
    // Reads the subject (positional arguments from `first` on), opens the session, begins or resumes the run
    // and makes the engine ready. `job`: review, summary, ask. Throws UsageError when consent or an
    // unfinished run is missing.
    JobFrame(Invocation& call, const std::string& job, const std::string& question = {},
             std::size_t first = 0);

    const JobInput& input() const { return m_frame->input(); }
    const RunFrame& frame() const { return *m_frame; }
    std::stop_token stop() const { return m_call.stop(); }
    // Conditions, session rows, JSON; the exit code. Text for people is printed by the caller before.
    int finish(Report& report);

private:
    RunHooks hooks();

    Invocation& m_call;
    std::unique_ptr<RunFrame> m_frame;
};

// Opening lines, sentences, findings and gaps for people.
void printReport(Invocation& call, const Report& report);

} // namespace app::cli
