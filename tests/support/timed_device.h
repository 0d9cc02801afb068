// TimedDevice: passes every operation to another device and marks the moments between them, so that a forward
// pass can be taken apart by stage and layer without a second forward pass.
#pragma once

#include "kernels/measure.h"

#include <memory>
#include <string>
#include <vector>

namespace support {

class TimedDevice final : public kernels::Device {
public:
    struct Stage {
        std::string name;
        int layer; // the head's is the number of layers
    };

    TimedDevice(std::shared_ptr<kernels::Device> inner, int layers)
        : Device(inner->mode()), m_inner(std::move(inner)), m_layers(layers),
          m_watch(kernels::makeStopwatch(*m_inner)) {}

    // Recording begins with the next embed(); `ahead`: microseconds by which the host may hurry ahead.
    void record(double ahead) { m_wanted = true, m_ahead = ahead; }
    // The stages of the last recorded pass, and the microseconds of each.
    const std::vector<Stage>& stages() const { return m_stages; }
    std::vector<double> finish() {
        m_recording = false;
        return m_watch->finish();
    }

    std::string name() const override { return m_inner->name(); }
    kernels::Type activationType() const override { return m_inner->activationType(); }
    std::int64_t preferredChunk() const override { return m_inner->preferredChunk(); }
    kernels::Memory allocate(std::size_t bytes) override { return m_inner->allocate(bytes); }
    void release(std::byte* data, std::size_t bytes) noexcept override { m_inner->release(data, bytes); }
    void write(void* destination, const void* host, std::size_t bytes) override {
        m_inner->write(destination, host, bytes);
    }
    void read(void* host, const void* source, std::size_t bytes) override {
        m_inner->read(host, source, bytes);
    }
    std::unique_ptr<kernels::Matrix> prepare(const kernels::Weight& w, kernels::Product p,
                                             int groups) override {
        return m_inner->prepare(w, p, groups);
    }
    std::unique_ptr<kernels::Experts> prepareExperts(std::span<const kernels::ExpertSource> routed,
                                                     const kernels::ExpertSource& shared) override {
        return m_inner->prepareExperts(routed, shared);
    }
    std::unique_ptr<kernels::Rope> prepareRope(std::vector<float> f) override {
        return m_inner->prepareRope(std::move(f));
    }

    void embed(const kernels::Matrix& table, const kernels::Tensor& tokens,
               const kernels::Tensor& streams) override {
        if (m_wanted) {
            m_wanted = false, m_recording = true;
            m_stages.clear();
            m_layer = m_linears = m_hypers = 0;
            m_watch->start(m_ahead);
            m_watch->mark();
        }
        m_inner->embed(table, tokens, streams);
        done("embed");
    }
    void linear(const kernels::Matrix& m, const kernels::Tensor& input,
                const kernels::Tensor& output) override {
        m_inner->linear(m, input, output);
        done(m_layer == m_layers             ? "head"
             : m.groups > 1                  ? "wo_a"
             : m_linears < 2 || m_hypers < 2 ? "wo_b"
                                             : "router");
    }
    void linears(const kernels::Tensor& input, std::span<const LinearJob> jobs) override {
        m_inner->linears(input, jobs);
        done(m_linears++ == 0 ? "input projections" : "query projections");
    }
    void norm(const kernels::Tensor& input, const kernels::Tensor& weight, float epsilon,
              const kernels::Tensor& output) override {
        m_inner->norm(input, weight, epsilon, output);
        done("norm");
    }
    void hyperPre(const kernels::Tensor& streams, const kernels::HyperMix& mix,
                  kernels::Branch& branch) override {
        m_inner->hyperPre(streams, mix, branch);
        done("hyper");
    }
    void hyperPost(const kernels::Tensor& streams, kernels::Branch& branch) override {
        m_inner->hyperPost(streams, branch);
        done("hyper");
    }
    void hyperHead(const kernels::Tensor& streams, const kernels::HyperMix& mix,
                   const kernels::Tensor& output) override {
        m_inner->hyperHead(streams, mix, output);
        done("hyper");
    }
    void hyperStep(const kernels::Tensor& streams, const kernels::HyperMix& mix,
                   const kernels::Tensor& weight, kernels::Branch& branch) override {
        m_inner->hyperStep(streams, mix, weight, branch);
        ++m_hypers;
        done("hyper");
    }
    void latents(const kernels::Tensor& input, const kernels::Tensor& weight, float epsilon,
                 const kernels::Rope& rope, std::int64_t position, const kernels::Tensor& output) override {
        m_inner->latents(input, weight, epsilon, rope, position, output);
        done("latents");
    }
    void attention(const kernels::AttentionJob& job) override {
        m_inner->attention(job);
        done("attention");
    }
    void storeLatents(const kernels::Tensor& latents, std::int64_t position,
                      const kernels::Ring& ring) override {
        m_inner->storeLatents(latents, position, ring);
        done("latents");
    }
    void compress(const kernels::CompressJob& job) override {
        m_inner->compress(job);
        done("compress");
    }
    void select(const kernels::SelectJob& job) override {
        m_inner->select(job);
        done("select");
    }
    void route(const kernels::RouteJob& job) override {
        m_inner->route(job);
        done("route");
    }
    void moe(const kernels::Experts& experts, const kernels::Tensor& x, const kernels::Tensor& chosen,
             const kernels::Tensor& weights, float limit, const kernels::Tensor& output) override {
        m_inner->moe(experts, x, chosen, weights, limit, output);
        done("experts");
    }
    void noteNonFinite(const kernels::Tensor& values, int tag) override {
        m_inner->noteNonFinite(values, tag);
        done("finite");
        m_layer = tag + 1;
        m_linears = m_hypers = 0;
    }
    int firstNonFinite() override { return m_inner->firstNonFinite(); }

private:
    void done(const char* stage) {
        if (!m_recording) return;
        m_watch->mark();
        m_stages.push_back({stage, m_layer});
    }

    std::shared_ptr<kernels::Device> m_inner;
    int m_layers;
    std::unique_ptr<kernels::Stopwatch> m_watch;
    bool m_wanted = false, m_recording = false;
    double m_ahead = 0;
    std::vector<Stage> m_stages;
    int m_layer = 0, m_linears = 0, m_hypers = 0;
};

} // namespace support
