#include "app/backend/engine_measure.h"

#include "app/backend/engine_process.h"

#include <nlohmann/json.hpp>

#include <QProcess>

#include <stdexcept>

namespace app {

using Json = nlohmann::json;

namespace {

Json askProgram(const QStringList& arguments, std::stop_token stop) {
    QProcess program;
    program.setProgram(QString::fromStdString(lecternProgram().string()));
    program.setArguments(arguments);
    program.setStandardErrorFile(QProcess::nullDevice());
    program.start(QIODevice::ReadOnly);
    if (!program.waitForStarted(10'000))
        throw std::runtime_error(
            "The program lectern could not be started: " + program.errorString().toStdString() + ".");
    while (!program.waitForFinished(50)) {
        if (program.state() == QProcess::NotRunning) break;
        if (stop.stop_requested()) {
            program.kill();
            program.waitForFinished(2000);
            throw std::runtime_error("Stopped.");
        }
    }
    const Json answer = Json::parse(program.readAllStandardOutput().toStdString(), nullptr, false);
    if (!answer.is_object())
        throw std::runtime_error(
            "The measurement ended without a result: the model may not fit the memory of this computer.");
    if (answer.value("schema", "") == "lectern.failure/1")
        throw std::runtime_error(answer.value("cause", answer.value("what", "The model cannot be used.")));
    return answer;
}

} // namespace

EngineFacts engineFacts(const std::filesystem::path& model, std::stop_token stop) {
    const Json info = askProgram({"engine", "info", QString::fromStdString(model.string()), "--json"}, stop);
    const Json machine = info.value("machine", Json::object());
    EngineFacts facts;
    facts.name = info.value("name", "");
    facts.architecture = info.value("architecture", "");
    facts.format = info.value("format", "");
    facts.note = info.value("note", "");
    facts.tokenizer = info.value("tokenizer", Json::object()).value("name", "");
    facts.parameters = info.value("parameters", std::int64_t{0});
    facts.activeParameters = info.value("active_parameters", std::int64_t{0});
    facts.bytes = info.value("bytes", std::uint64_t{0});
    facts.device = machine.value("device", "");
    facts.devices = machine.value("devices", std::vector<std::string>());
    facts.availableMemory = machine.value("available_memory", std::uint64_t{0});
    facts.threads = machine.value("threads", 0);
    facts.window = machine.value("window", std::int64_t{0});
    for (const Json& need : info.value("memory", Json::array()))
        facts.needs.push_back({need.value("tokens", std::int64_t{0}),
                               need.value("cache_bytes", std::uint64_t{0}),
                               need.value("total_bytes", std::uint64_t{0}), need.value("runs", "")});
    return facts;
}

std::vector<DepthSpeed> measureSpeed(const std::filesystem::path& model,
                                     const std::vector<std::int64_t>& depths, std::stop_token stop) {
    QStringList numbers;
    for (const std::int64_t depth : depths) numbers << QString::number(depth);
    const Json bench = askProgram(
        {"engine", "bench", QString::fromStdString(model.string()), "--depths", numbers.join(','), "--json"},
        stop);
    std::vector<DepthSpeed> rows;
    for (const Json& row : bench.value("rows", Json::array()))
        rows.push_back({row.value("depth", std::int64_t{0}), row.value("prefill_tokens_per_second", 0.0),
                        row.value("decode_tokens_per_second", 0.0)});
    return rows;
}

} // namespace app
