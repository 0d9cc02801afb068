// What review, summarize and ask share on the command line: the run as rows of the session, the engine with
// the shared prefix, consent before the first byte leaves, events and progress, and the report at the end,
// kept and printed. Belongs to the thread that runs the command.
#pragma once

#include "app/agent/model_run.h"
#include "app/cli/invocation.h"
#include "app/plan.h"
#include "app/report/job_input.h"
#include "app/store/session_store.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace app::cli {

class JobFrame {
public:
    // Reads the subject (positional arguments from `first` on), opens the session, begins or resumes the run
    // and makes the engine ready. Throws UsageError when consent or an unfinished run is missing.
    JobFrame(Invocation& call, const std::string& goal, const std::string& question = {},
             std::size_t first = 0);

    const JobInput& input() const { return m_input; }
    SessionStore& store() { return m_call.session(); }
    const Plan& plan() const { return m_plan; }
    int level() const { return m_model ? m_model->info.level : 0; }
    // Fires with the caller's.
    std::stop_token stop() const { return m_stop.get_token(); }
    // Conditions, session rows, JSON; the exit code. Text for people is printed by the caller before.
    int finish(Report& report);

private:
    void begin(const std::string& question);
    void openEngine(const std::string& goal, std::size_t first);
    void connectModel();
    CostEstimate estimate(const std::string& goal);
    std::shared_ptr<const ingest::Corpus> withoutSecrets(const BackendInfo& info);

    Invocation& m_call;
    std::string m_goal;
    JobInput m_input;
    Plan m_plan;
    std::unique_ptr<ModelRun> m_model;
    std::shared_ptr<const Context> m_context;
    std::stop_source m_stop;
    std::unique_ptr<std::stop_callback<std::function<void()>>> m_chained;
    std::shared_ptr<const TokenCounter> m_counter;
    std::string m_resumes;
};

// Opening lines, sentences, findings and gaps for people.
void printReport(Invocation& call, const Report& report);

} // namespace app::cli
