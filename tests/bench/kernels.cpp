// bench_kernels [FILTER]: each operation of the SIMD device at the shapes of the bundled model, and matrices that exceed every
// cache, beside the ceilings measured in the same run: plain reads of memory and of a cached block, fp32 multiply-adds, and
// the byte multiply-adds of the whole-number products. CSV on stdout, one row a measurement; the share is floor over
// median, the floor the larger of bytes over reads and multiplications over their peak. Inputs are seeded, weights random.
#include "kernels/simd/ceilings.h"
#include "tests/support/operation_list.h"
#include "tests/support/process_memory.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>

namespace {

using namespace kernels;
using support::Bench;

enum class Peak { Float, Whole }; // what multiplies

struct Work {
    std::function<void()> run;
    Tensor result;
};

// One operation on one device: the inputs live in its bench.
struct Stage {
    std::string name;
    std::int64_t context, tokens;
    double bytes, multiplications;
    bool cached; // what it reads fits the caches
    Peak peak;
    std::function<Work(Bench&)> prepare;
    const char* note = "";
};

using Clock = std::chrono::steady_clock;
double since(Clock::time_point began) { return std::chrono::duration<double, std::micro>(Clock::now() - began).count(); }

std::string lineOf(const char* command) {
    std::string text;
    if (FILE* pipe = ::popen(command, "r")) {
        char buffer[256];
        if (std::fgets(buffer, sizeof buffer, pipe)) text = buffer;
        ::pclose(pipe);
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == ',')) text.pop_back();
    return text;
}

// Rows of random values: every 509th is new, the rest repeat.
template<class View>
View filled(Bench& b, RowLayout layout, std::int64_t count) {
    View rows = b.rows<View>(layout, count);
    constexpr std::int64_t period = 509;
    for (std::int64_t i = 0; i < std::min(count, period); ++i) b.writeRow(rows, i, b.random(layout.dims));
    for (std::int64_t i = period; i < count; ++i) {
        std::memcpy(rows.row(i), rows.row(i - period), layout.dataBytes());
        std::memcpy(rows.scale(i), rows.scale(i - period), layout.scaleBytes());
    }
    return rows;
}

double bitsOfWeight(Type type) { return type == Type::F4E2M1 ? 4.25 : type == Type::F8E4M3 ? 8 : type == Type::BF16 ? 16 : 32; }

// `copies` matrices one after the other, so that together they exceed a cache; all have the same values.
Stage linear(const char* name, Type type, Product product, std::int64_t tokens, std::int64_t in, std::int64_t out, int copies) {
    const double count = double(in) * double(out) * copies;
    const bool cached = count * bitsOfWeight(type) / 8 < 64e6;
    return {name, 0, tokens, count * bitsOfWeight(type) / 8, count * double(tokens), cached, Peak::Float, [=](Bench& b) {
        const Weight weight = b.weight(type, out, in);
        std::vector<std::shared_ptr<Matrix>> matrices;
        for (int i = 0; i < copies; ++i) matrices.push_back(b.device.prepare(weight, product));
        const Tensor x = b.activations(b.random(tokens * in, 2), {tokens, in}), y = b.emptyActivations({tokens, out});
        return Work{[=, &b] {
            for (const auto& matrix : matrices) b.device.linear(*matrix, x, y);
        }, y};
    }, type == Type::F4E2M1 ? "three digits an input: a share of one third is all of the byte peak" : ""};
}

Stage experts(std::int64_t tokens) {
    const std::int64_t D = 576, I = 128, E = 11, k = 6;
    const double perExpert = 3.0 * double(D * I), used = tokens == 1 ? double(k) : double(E);
    return {"experts", 0, tokens, used * perExpert * 4.25 / 8 + perExpert, double(tokens * (k + 1)) * perExpert, true, Peak::Float, [=](Bench& b) {
        std::vector<ExpertSource> routed;
        for (std::int64_t e = 0; e < E; ++e) routed.push_back({b.weight(Type::F4E2M1, I, D), b.weight(Type::F4E2M1, D, I), b.weight(Type::F4E2M1, I, D)});
        const ExpertSource shared{b.weight(Type::F8E4M3, I, D), b.weight(Type::F8E4M3, D, I), b.weight(Type::F8E4M3, I, D)};
        std::shared_ptr<Experts> all = b.device.prepareExperts(routed, shared);
        std::vector<std::int32_t> chosen;
        for (std::int64_t t = 0; t < tokens; ++t)
            for (std::int64_t i = 0; i < k; ++i) chosen.push_back(std::int32_t((t * 5 + i) % E));
        const Tensor x = b.activations(b.random(tokens * D, 2), {tokens, D}), y = b.emptyActivations({tokens, D});
        const Tensor picks = b.integers(chosen, {tokens, k}), weights = b.floats(b.random(tokens * k), {tokens, k});
        return Work{[=, &b] {
            b.device.moe(*all, x, picks, weights, 10, y);
        }, y};
    }, "fp4 experts counted once; three digits an input"};
}

Stage select(std::int64_t context, std::int64_t tokens) {
    const std::int64_t heads = 2, dims = 128, k = 512, n = context / 4;
    return {"index select", context, tokens, double(n) * 68, double(n * heads * dims * tokens), n * 68 < 64'000'000, Peak::Whole, [=](Bench& b) {
        std::shared_ptr<Rope> rope = b.device.prepareRope(support::cases::frequencies(32));
        SelectJob job;
        const std::vector<float> q = b.random(tokens * heads * dims, 2);
        job.queries = b.hold(Type::F32, {tokens, heads, dims});
        job.weights = b.activations(b.random(tokens * heads), {tokens, heads});
        job.position = context - tokens;
        job.keys = filled<Rows>(b, {RowType::Index, int(dims), 64}, n);
        job.picks = b.hold(Type::I32, {tokens, k});
        return Work{[=, &b]() mutable {
            job.rope = rope.get();
            b.device.write(job.queries.data, q.data(), job.queries.bytes()); // overwritten by each call
            b.device.select(job);
        }, job.picks};
    }, "with the exact best 512"};
}

Stage attention(const char* name, std::int64_t context, std::int64_t tokens, int ratio) {
    const std::int64_t H = 9, d = 128, window = 128, k = 512, n = ratio ? context / ratio : 0, seen = window + (ratio == 4 ? k : n);
    return {name, context, tokens, double(seen) * 200, double(2 * seen * H * d * tokens), true, Peak::Float, [=](Bench& b) {
        std::shared_ptr<Rope> rope = b.device.prepareRope(support::cases::frequencies(32));
        const RowLayout layout{RowType::Latent, int(d), 64};
        AttentionJob job;
        const std::vector<float> q = b.random(tokens * H * d, 2);
        job.queries = job.output = b.hold(Type::F32, {tokens, H, d});
        job.sinks = b.floats(b.random(H), {H});
        job.position = context - tokens;
        job.window = int(window);
        job.ring = filled<Ring>(b, layout, window + ringSlack);
        job.latents = b.floats(b.random(tokens * d), {tokens, d});
        job.ratio = ratio;
        if (n) job.rows = filled<Rows>(b, layout, n);
        if (ratio == 4) {
            std::vector<std::int32_t> picks;
            for (std::int64_t t = 0; t < tokens; ++t)
                for (std::int64_t i = 0; i < k; ++i) picks.push_back(std::int32_t(i * ((job.position + t + 1) / 4) / k));
            job.picks = b.integers(picks, {tokens, k});
        }
        return Work{[=, &b]() mutable {
            job.rope = rope.get();
            b.device.write(job.queries.data, q.data(), job.queries.bytes());
            b.device.attention(job);
        }, job.output};
    }};
}

Stage hyper(std::int64_t tokens) {
    const std::int64_t h = 4, D = 576;
    return {"hyper step", 0, tokens, 24.0 * 4 * double(h * D) + double(tokens * h * D * 12), double(tokens * h * D) * (24 + 5 + 1), true, Peak::Float, [=](Bench& b) {
        std::shared_ptr<Matrix> fn = b.device.prepare(b.weight(Type::F32, 24, h * D), Product::Full);
        HyperMix mix{nullptr, b.floats(b.random(24), {24}), b.floats(b.random(3), {3}), 20, 1e-6f, 1e-6f};
        const std::vector<float> start = b.random(tokens * h * D);
        const Tensor streams = b.activations(start, {tokens, h, D}), weight = b.floats(b.random(D), {D});
        auto branch = std::make_shared<Branch>(Branch{b.emptyActivations({tokens, D}), b.hold(Type::F32, {tokens, h}), b.hold(Type::F32, {tokens, h, h}), false});
        return Work{[=, &b]() mutable {
            mix.fn = fn.get();
            b.device.write(streams.data, start.data(), streams.bytes());
            b.device.hyperStep(streams, mix, weight, *branch);
        }, branch->x};
    }, "post-mix, coefficients, pre-mix and norm"};
}

// Largest difference from the reference over the largest magnitude; for picks, the share of entries that differ.
double errorOf(const Stage& stage, const std::vector<float>& mine) {
    const auto reference = openDevice("reference", Mode::Model);
    Bench b(*reference, 7);
    const Work work = stage.prepare(b);
    work.run();
    const std::vector<float> its = b.read(work.result);
    double worst = 0, largest = 0, differing = 0;
    for (std::size_t i = 0; i < its.size(); ++i) {
        worst = std::max(worst, std::fabs(double(its[i]) - double(mine[i])));
        largest = std::max(largest, std::fabs(double(its[i])));
        differing += its[i] != mine[i];
    }
    return stage.name == "index select" ? differing / double(its.size()) : worst / std::max(largest, 1e-30);
}

} // namespace

int main(int argc, char** argv) {
    const std::string filter = argc > 1 ? argv[1] : "";
    const simd::Ceilings memory = simd::measureCeilings(1024LL << 20), cache = simd::measureCeilings(24LL << 20);
    if (memory.instructions == "none") {
        std::fprintf(stderr, "This machine has no instructions for the SIMD device: nothing to measure.\n");
        return 1;
    }
    const std::string commit = lineOf("git rev-parse --short HEAD 2>/dev/null"), machine = lineOf("sed -n 's/^model name.*: //p' /proc/cpuinfo");
    char date[16];
    const std::time_t now = std::time(nullptr);
    std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
    std::vector<Stage> stages{
        linear("linear fp8", Type::F8E4M3, Product::Quantised, 1, 576, 18432, 1),
        linear("linear fp8 beyond caches", Type::F8E4M3, Product::Quantised, 1, 4096, 8192, 20),
        linear("linear fp4", Type::F4E2M1, Product::Quantised, 1, 576, 18432, 1),
        linear("linear fp4 beyond caches", Type::F4E2M1, Product::Quantised, 1, 4096, 8192, 40),
        linear("linear bf16", Type::BF16, Product::Full, 1, 576, 18432, 1),
        linear("linear fp32", Type::F32, Product::Full, 1, 2304, 2304, 1),
    };
    for (const std::int64_t tokens : {32, 64, 256})
        for (const auto& [name, type] : {std::pair("linear fp8", Type::F8E4M3), std::pair("linear fp4", Type::F4E2M1)})
            stages.push_back(linear(name, type, Product::Quantised, tokens, 576, 1152, 4));
    for (const std::int64_t tokens : {1, 256}) {
        stages.push_back(experts(tokens));
        stages.push_back(hyper(tokens));
        stages.push_back(attention("attention window", 4096, tokens, 0));
        stages.push_back(attention("attention picks", 131072, tokens, 4));
        for (const std::int64_t context : {4096, 32768, 131072, 1048576}) {
            stages.push_back(attention("attention dense", context, tokens, 128));
            stages.push_back(select(context, tokens));
        }
    }
    std::printf("date,commit,machine,device,path,threads,stage,context,tokens,median_us,p10_us,p90_us,runs,bytes,multiplications,floor_us,fraction,bound,"
                "read_GBs,cached_read_GBs,fp32_G,byte_G,peak_bytes,error,note\n");
    const auto device = openDevice("simd", Mode::Model);
    for (const Stage& stage : stages) {
        if (stage.name.find(filter) == std::string::npos) continue;
        Bench b(*device, 7);
        const Work work = stage.prepare(b);
        work.run();
        const std::vector<float> values = b.read(work.result);
        std::vector<double> times;
        const Clock::time_point began = Clock::now();
        while (times.size() < 20 || (since(began) < 0.4e6 && times.size() < 2000)) {
            const Clock::time_point start = Clock::now();
            work.run();
            times.push_back(since(start));
        }
        std::sort(times.begin(), times.end());
        const double read = stage.cached ? cache.readBytesPerSecond : memory.readBytesPerSecond;
        const double multiply = stage.peak == Peak::Whole ? memory.wholeMultiplicationsPerSecond : memory.multiplicationsPerSecond;
        const double reading = stage.bytes / read * 1e6, multiplying = stage.multiplications / multiply * 1e6, floor = std::max(reading, multiplying);
        const double median = times[times.size() / 2];
        const bool checked = stage.tokens == 1 && stage.bytes < 50e6;
        std::printf("%s,%s,%s,simd,%s,%d,%s,%lld,%lld,%.1f,%.1f,%.1f,%zu,%.0f,%.0f,%.1f,%.2f,%s,%.1f,%.1f,%.0f,%.0f,%lld,", date, commit.c_str(), machine.c_str(),
                    memory.instructions.c_str(), memory.threads, stage.name.c_str(), static_cast<long long>(stage.context), static_cast<long long>(stage.tokens), median,
                    times[times.size() / 10], times[times.size() * 9 / 10], times.size(), stage.bytes, stage.multiplications, floor, floor / median,
                    multiplying > reading ? (stage.peak == Peak::Whole ? "bytes multiplied" : "fp32 multiplied") : stage.cached ? "cache" : "memory",
                    memory.readBytesPerSecond / 1e9, cache.readBytesPerSecond / 1e9, memory.multiplicationsPerSecond / 1e9, memory.wholeMultiplicationsPerSecond / 1e9,
                    static_cast<long long>(support::statusKilobytes("VmHWM") * 1024));
        if (checked) std::printf("%.2g", errorOf(stage, values));
        std::printf(",%s\n", stage.note);
        std::fflush(stdout);
    }
    return 0;
}
