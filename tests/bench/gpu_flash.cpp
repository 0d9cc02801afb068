// bench_gpu_flash OUT.csv [DEVICE] [key=value ...]: one window, one CSA and one HCA layer of V4-Flash at true
// dimensions (256 experts, the first layer routed by token), random weights, cache seeded at each depth:
// every stage of a prefill chunk and of a decode step, by events of the GPU's stream, beside its floor
// (design notes kernels.md section 1) and the ceilings of this very run. Rows of stages and layers are
// measured; rows whose `layers` is 43 are sums of 2 window, 21 CSA, 20 HCA layers, embedding and head, and
// say so. Needs neither Qt nor a checkpoint.
//   depths=4096,131072,524288,1048576  chunk=8192  seconds=180  commit=...  machine=...  shrink=1 (widths
//   divided: a dry run)
#include "engine/kv_cache.h"
#include "engine/model.h"
#include "engine/workspace.h"
#include "tests/support/flash_weights.h"
#include "tests/support/seeded_cache.h"
#include "tests/support/timed_device.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <sstream>

namespace {

using namespace kernels;
using Clock = std::chrono::steady_clock;

struct Options {
    std::string out, device = "cuda:0", commit, machine;
    std::vector<std::int64_t> depths{4096, 131072, 524288, 1048576};
    std::int64_t chunk = 8192;
    double seconds = 180;
    int shrink = 1;
};

constexpr int window = 0, csa = 1, hca = 2,
              top = 3; // layers of the measured model; embedding and head count as `top`
const char* const kinds[] = {"window", "CSA", "HCA", "top"};
constexpr double layersOfFlash[] = {2, 21, 20, 1};

double secondsSince(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

// What a stage must do at least: bytes of memory and multiplications (twice: FLOPs) in bf16 and fp8.
struct Work {
    double bytes = 0, bf16 = 0, fp8 = 0;
};

Work workOf(const engine::ModelConfig& c, const std::string& stage, int kind, double T, double n) {
    const double D = c.width, d = c.headWidth, H = c.heads, q = c.queryRank, E = c.experts, I = c.expertWidth,
                 K = c.expertsPerToken;
    const double rank = double(c.outputGroups) * c.outputRank, group = c.groupInput(),
                 pooled = kind == csa   ? 4 * d
                          : kind == hca ? 2 * d
                                        : 0;
    const double index = kind == csa ? 4.0 * c.indexWidth + c.indexHeads : 0, hidden = 2 * T * D,
                 queries = 2 * T * H * d;
    const double visible = std::min<double>(c.window, n) + (kind == csa ? std::min<double>(c.indexTopK, n / 4)
                                                            : kind == hca ? n / 128
                                                                          : 0);
    const double stored = kind == csa   ? visible * 584 * (T > 8 ? 1 : T)
                          : kind == hca ? n / 128 * 584
                                        : 128 * 584;
    if (stage == "embed") return {2 * T * D + 2 * T * D * c.streams, 0, 0};
    if (stage == "hyper") // both boundaries of a layer; of the top: the last mixing
        return {kind == top ? 2 * T * D * (c.streams + 1) : 2 * T * D * (4 * c.streams + 2),
                kind == top ? 0 : 4 * T * D * c.streams * c.mixRows(), 0};
    if (stage == "input projections")
        return {hidden + D * (q + d) + 2 * D * (pooled + index) + T * (2 * (q + d) + 4 * (pooled + index)),
                2 * T * D * (pooled + index), 2 * T * D * (q + d)};
    if (stage == "query projections") {
        const double rows = H * d + (kind == csa ? double(c.indexHeads) * c.indexWidth : 0);
        return {q * rows + 2 * T * (q + rows), 0, 2 * T * q * rows};
    }
    if (stage == "wo_a") return {queries + rank * group + 2 * T * rank, 2 * T * rank * group, 0};
    if (stage == "wo_b") return {2 * T * rank + rank * D + hidden, 0, 2 * T * rank * D};
    if (stage == "select")
        return n <= 4.0 * c.indexTopK ? Work{4 * T * c.indexTopK, 0, 0}
                                      : Work{n / 4 * 68 + 2 * T * c.indexHeads * c.indexWidth, 0,
                                             2 * T * c.indexHeads * c.indexWidth * n / 4};
    if (stage == "attention") return {2 * queries + stored, 4 * T * H * d * visible, 0};
    if (stage == "compress") return {4 * T * (pooled + (kind == csa ? 4.0 * c.indexWidth : 0)), 0, 0};
    if (stage == "latents") return {2 * T * d * 4, 0, 0};
    if (stage == "norm") return {4 * T * (kind == top ? D : q), 0, 0};
    if (stage == "router") return {hidden + 2 * E * D + 4 * T * E, 2 * T * E * D, 0};
    if (stage == "route") return {4 * T * E, 0, 0};
    if (stage == "finite") return {hidden, 0, 0};
    if (stage == "experts") {
        const double expert = 3 * D * I,
                     touched = std::min(E, T * K); // uniform routing: a chunk meets all, a token its own
        return {touched * expert * 17 / 32 + expert + 2 * hidden +
                    T * (K + 1) * 2 * (2 * I + 2 * D) * (T > 8 ? 1 : 0),
                0, 2 * T * (K + 1) * expert};
    }
    if (stage == "head") return {2.0 * c.vocabulary * D, 2.0 * c.vocabulary * D, 0};
    return {};
}

struct Times {
    double median, low, high;
    std::size_t runs;
};

Times timesOf(std::vector<double> samples) {
    std::sort(samples.begin(), samples.end());
    auto at = [&](double share) {
        return samples[std::min(samples.size() - 1,
                                static_cast<std::size_t>(share * double(samples.size())))];
    };
    return {at(0.5), at(0.1), at(0.9), samples.size()};
}

std::string clockAndPower() {
    std::string text;
    if (FILE* pipe = ::popen(
            "nvidia-smi --query-gpu=clocks.sm,power.draw --format=csv,noheader,nounits 2>/dev/null", "r")) {
        char line[128];
        if (std::fgets(line, sizeof line, pipe)) text = line;
        ::pclose(pipe);
    }
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
    return text.find(',') == std::string::npos ? "," : text;
}

class Bench {
public:
    explicit Bench(const Options& options) : m_options(options), m_file(options.out) {
        if (!m_file)
            throw std::runtime_error("Cannot write " + options.out +
                                     ": choose another place for the figures.");
        m_file << "date,commit,machine,device,path,impl,stage,model,context,tokens,layers,routing,median_us,"
                  "p10_us,p90_us,runs,bytes,flops,"
                  "floor_us,fraction,copy_GBs,bf16_TF,fp8_TF,peak_bytes,launches,err_max,err_mean,overlap,"
                  "clock_MHz,watts,note\n";
        m_device = openDevice(options.device, Mode::Model);
        m_ceilings = measureCeilings(*m_device);
        std::printf("%s: read %.0f GB/s, copy %.0f GB/s, bf16 %.0f TFLOP/s, fp8 %.0f TFLOP/s (%s)\n",
                    m_device->name().c_str(), m_ceilings.readBytesPerSecond / 1e9,
                    m_ceilings.copyBytesPerSecond / 1e9, m_ceilings.multiplicationsPerSecond * 2e-12,
                    m_ceilings.fp8MultiplicationsPerSecond * 2e-12, m_ceilings.instructions.c_str());
        std::fflush(stdout);
        const auto began = Clock::now();
        const auto weights =
            std::make_shared<support::FlashWeights>(support::flashConfig({0, 4, 128}, 1, options.shrink));
        m_timed = std::make_shared<support::TimedDevice>(m_device, 3);
        m_model = engine::Model::open(weights, m_timed);
        m_weightBytes = memoryInUse(*m_device);
        std::printf("weights of three layers in %.1f s, %.2f GB of memory in use\n", secondsSince(began),
                    double(m_weightBytes) / 1e9);
        const char* name = std::getenv("LECTERN_MACHINE");
        if (m_options.machine.empty() && name) m_options.machine = name;
    }

    void run() {
        const double share = m_options.seconds / double(m_options.depths.size());
        for (const std::int64_t depth : m_options.depths) {
            const std::int64_t chunk = std::min(m_options.chunk, depth);
            engine::KvCache cache(m_model->config(), m_timed, depth + 64);
            support::seedCache(cache, m_model->config(), depth);
            measure(cache, depth, chunk, depth - chunk, share * 0.8, 20);
            measure(cache, depth, 1, depth - 1, share * 0.2, 50);
        }
        whole();
    }

private:
    // Repeats `tokens` tokens from `position` until there are enough runs or the time is gone.
    void measure(engine::KvCache& cache, std::int64_t depth, std::int64_t tokens, std::int64_t position,
                 double seconds, int wanted) {
        const engine::ModelConfig& config = m_model->config();
        const auto workspace = m_model->workspace(tokens);
        std::vector<std::int32_t> ids;
        for (std::int64_t t = 0; t < tokens; ++t)
            ids.push_back(std::int32_t(support::splitmix64(std::uint64_t(depth + t)) %
                                       std::uint64_t(config.vocabulary)));
        std::vector<float> logits(static_cast<std::size_t>(config.vocabulary));
        std::map<std::pair<int, std::string>, std::vector<double>> samples;
        std::vector<double> walls;
        std::map<int, std::vector<double>> layers;
        std::uint64_t launches = 0;
        const auto began = Clock::now();
        for (int run = 0; run <= wanted; ++run) {
            cache.clear();
            cache.beginRestore(position);
            const std::uint64_t before = launchesSoFar();
            m_timed->record(tokens == 1 ? 3000 : 0);
            const auto start = Clock::now();
            m_model->forward(ids, cache, *workspace, logits, {}, {});
            const double wall = secondsSince(start) * 1e6;
            launches = launchesSoFar() - before;
            const std::vector<double> times = m_timed->finish();
            const bool late = secondsSince(began) > seconds;
            if (run == 0 && !late) continue; // warm-up, unless there is time for nothing else
            walls.push_back(wall);
            std::map<std::pair<int, std::string>, double> sums;
            std::map<int, double> ofLayer;
            for (std::size_t i = 0; i < times.size(); ++i) {
                const support::TimedDevice::Stage& stage = m_timed->stages()[i];
                const int kind = stage.name == "embed" ? top : std::min(stage.layer, int(top));
                sums[{kind, stage.name}] += times[i];
                ofLayer[kind] += times[i];
            }
            for (const auto& [key, time] : sums) samples[key].push_back(time);
            for (const auto& [kind, time] : ofLayer) layers[kind].push_back(time);
            if (late) break;
        }
        const std::string smi = clockAndPower();
        const double n = double(position) + double(tokens + 1) / 2;
        Sum all;
        std::printf("\n%s at %lld: %lld tokens\n", tokens == 1 ? "decode" : "prefill",
                    static_cast<long long>(depth), static_cast<long long>(tokens));
        for (const auto& [key, times] : samples) {
            const auto& [kind, stage] = key;
            const Work work = workOf(config, stage, kind, double(tokens), n);
            row(stage, kinds[kind], depth, tokens, 1, timesOf(times), work, floorOf(work), launches, smi,
                "measured");
        }
        for (const auto& [kind, times] : layers) {
            const Times t = timesOf(times);
            Work work;
            double floor = 0;
            for (const auto& [key, unused] : samples)
                if (key.first == kind) {
                    const Work part = workOf(config, key.second, kind, double(tokens), n);
                    work = {work.bytes + part.bytes, work.bf16 + part.bf16, work.fp8 + part.fp8};
                    floor += floorOf(part);
                }
            row("layer", kinds[kind], depth, tokens, 1, t, work, floor, launches, smi,
                "measured: all stages of that layer");
            const double times43 = layersOfFlash[kind];
            all = {{all.t.median + times43 * t.median, all.t.low + times43 * t.low,
                    all.t.high + times43 * t.high, t.runs},
                   {all.work.bytes + times43 * work.bytes, all.work.bf16 + times43 * work.bf16,
                    all.work.fp8 + times43 * work.fp8},
                   all.floor + times43 * floor};
        }
        row("model", "all", depth, tokens, 43, all.t, all.work, all.floor, launches, smi,
            "summed: 2 window + 21 CSA + 20 HCA + embedding and head; each kind measured once");
        row("three layers by the clock", "all", depth, tokens, 3, timesOf(walls), {}, 0, launches, smi,
            "measured: wall clock of the call, marks and waiting included");
        (tokens == 1 ? m_decode : m_prefill)[depth] = all.t.median / double(tokens);
        std::printf("  43 layers, summed: %.1f us a token (floor %.1f)\n", all.t.median / double(tokens),
                    all.floor / double(tokens));
        std::fflush(stdout);
    }

    // A whole prompt: the marginal cost between two depths is taken as linear.
    void whole() {
        double total = 0, before = 0, at = 0;
        bool first = true;
        for (const auto& [depth, cost] : m_prefill) {
            total += first ? cost * double(depth) : (cost + before) / 2 * (double(depth) - at);
            first = false, before = cost, at = double(depth);
            row("prefill of the whole prompt", "all", depth, depth, 43, {total, total, total, 1}, {}, 0, 0,
                ",", "integrated: trapezoids between the depths of this file, from summed chunks");
            std::printf("whole prompt of %lld tokens: %.2f s; then %.2f ms a token\n",
                        static_cast<long long>(depth), total * 1e-6, m_decode[depth] * 1e-3);
        }
    }

    struct Sum {
        Times t{0, 0, 0, 0};
        Work work;
        double floor = 0;
    };

    double floorOf(const Work& work) const {
        const double bf16 = m_ceilings.multiplicationsPerSecond * 2;
        const double fp8 =
            m_ceilings.fp8MultiplicationsPerSecond > 0 ? m_ceilings.fp8MultiplicationsPerSecond * 2 : bf16;
        const double bandwidth = std::max(m_ceilings.readBytesPerSecond, m_ceilings.copyBytesPerSecond);
        return 1e6 * std::max(work.bytes / bandwidth, work.bf16 / bf16 + work.fp8 / fp8);
    }

    void row(const std::string& stage, const std::string& layer, std::int64_t depth, std::int64_t tokens,
             int layers, const Times& t, const Work& work, double floor, std::uint64_t launches,
             const std::string& smi, const std::string& note) {
        char date[32];
        const std::time_t now = std::time(nullptr);
        std::strftime(date, sizeof date, "%F", std::gmtime(&now));
        std::ostringstream line;
        line.precision(10);
        line << date << ',' << m_options.commit << ',' << m_options.machine << ',' << '"' << m_device->name()
             << "\"," << (tokens == 1 ? "decode" : "prefill") << ",lectern," << stage << " (" << layer << "),"
             << (m_options.shrink == 1 ? "flash" : "flash shrunk") << ',' << depth << ',' << tokens << ','
             << layers << ",uniform," << t.median << ',' << t.low << ',' << t.high << ',' << t.runs << ','
             << work.bytes << ',' << work.bf16 + work.fp8 << ',' << floor << ','
             << (t.median > 0 ? floor / t.median : 0) << ',' << m_ceilings.copyBytesPerSecond / 1e9 << ','
             << m_ceilings.multiplicationsPerSecond * 2e-12 << ','
             << m_ceilings.fp8MultiplicationsPerSecond * 2e-12 << ',' << memoryInUse(*m_device) << ','
             << (layers == 3 ? std::to_string(launches) : "") << ",,,," << smi << ',' << note
             << "; weights of 3 layers hold " << m_weightBytes << " bytes";
        m_file << line.str() << '\n' << std::flush;
        if (layers != 43)
            std::printf("  %-26s %-7s %12.1f us  floor %10.1f  %5.1f %%\n", stage.c_str(), layer.c_str(),
                        t.median, floor, t.median > 0 ? 100 * floor / t.median : 0);
    }

    Options m_options;
    std::ofstream m_file;
    std::shared_ptr<Device> m_device;
    std::shared_ptr<support::TimedDevice> m_timed;
    std::shared_ptr<const engine::Model> m_model;
    DeviceCeilings m_ceilings;
    std::size_t m_weightBytes = 0;
    std::map<std::int64_t, double> m_prefill, m_decode; // depth -> summed microseconds a token
};

} // namespace

int main(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        const std::size_t equals = argument.find('=');
        const std::string key = argument.substr(0, equals),
                          value = equals == std::string::npos ? "" : argument.substr(equals + 1);
        if (equals == std::string::npos)
            (options.out.empty() ? options.out : options.device) = argument;
        else if (key == "chunk")
            options.chunk = std::max(1LL, std::atoll(value.c_str()));
        else if (key == "seconds")
            options.seconds = std::atof(value.c_str());
        else if (key == "shrink")
            options.shrink = std::max(1, std::atoi(value.c_str()));
        else if (key == "commit")
            options.commit = value;
        else if (key == "machine")
            options.machine = value;
        else if (key == "depths") {
            options.depths.clear();
            std::istringstream list(value);
            for (std::string depth; std::getline(list, depth, ',');)
                options.depths.push_back(std::max(2LL, std::atoll(depth.c_str())));
        } else
            options.out.clear(), i = argc;
    }
    if (options.out.empty() || options.depths.empty()) {
        std::fprintf(stderr, "usage: bench_gpu_flash OUT.csv [DEVICE] [depths=4096,131072] [chunk=8192] "
                             "[seconds=180] [commit=HASH] [machine=NAME] [shrink=1]\n");
        return 2;
    }
    try {
        Bench bench(options);
        bench.run();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
    return 0;
}
