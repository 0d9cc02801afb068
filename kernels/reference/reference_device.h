// The reference device: plain loops in the order of v4-architecture.md, double accumulation, roundings
// exactly where the model rounds and nowhere else. It defines what is correct and is the last resort of every
// machine, so its loops are plain but not careless. One thread. A row's result never depends on its
// neighbours, so any chunking gives the same bits. Activations are fp32; in Mode::Model they hold bf16
// values.
#pragma once

#include "kernels/device.h"

namespace kernels::reference {

class ReferenceDevice : public Device {
public:
    explicit ReferenceDevice(Mode mode) : Device(mode) {}
    std::string name() const override { return "reference"; }

    std::unique_ptr<Matrix> prepare(const Weight& weight, Product product, int groups) override;
    std::unique_ptr<Experts> prepareExperts(std::span<const ExpertSource> routed,
                                            const ExpertSource& shared) override;

    void embed(const Matrix& table, const Tensor& tokens, const Tensor& streams) override;
    void linear(const Matrix& matrix, const Tensor& input, const Tensor& output) override;
    void norm(const Tensor& input, const Tensor& weight, float epsilon, const Tensor& output) override;
    void hyperPre(const Tensor& streams, const HyperMix& mix, Branch& branch) override;
    void hyperPost(const Tensor& streams, Branch& branch) override;
    void hyperHead(const Tensor& streams, const HyperMix& mix, const Tensor& output) override;
    void latents(const Tensor& input, const Tensor& normWeight, float epsilon, const Rope& rope,
                 std::int64_t position, const Tensor& output) override;
    void attention(const AttentionJob& job) override;
    void storeLatents(const Tensor& latents, std::int64_t position, const Ring& ring) override;
    void compress(const CompressJob& job) override;
    void select(const SelectJob& job) override;
    void route(const RouteJob& job) override;
    void moe(const Experts& experts, const Tensor& x, const Tensor& chosen, const Tensor& weights,
             float limit, const Tensor& output) override;
    void noteNonFinite(const Tensor& values, int tag) override;
    int firstNonFinite() override;

protected:
    // Rounds to bf16 where the mode does.
    float rounded(double value) const;
    bool m_badScore = false; // an index score was NaN: counts for the next tag noted

private:
    int m_firstBad = -1;
};

std::shared_ptr<Device> openReferenceDevice(Mode mode);

} // namespace kernels::reference
