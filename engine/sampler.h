// Sampler: logits to a token. Greedy at temperature 0 (lowest id on ties), else softmax with temperature and top-p,
// seeded and the same on every machine. A value that is not finite is never sampled: it throws NotFinite, and the run
// ends with that sentence. Owned by one generation; not thread-safe. Source: v4-formats.md section 5.
#pragma once

#include "engine/not_finite.h"
#include "engine/tokenizer.h"

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace engine {

struct SamplerOptions {
    double temperature = 0; // below 1e-5 = greedy
    double topP = 1;
    std::uint64_t seed = 0;
};

class Sampler {
public:
    explicit Sampler(const SamplerOptions& options);
    // These are never sampled. (BOS, padding, role tokens; ids that no token has.)
    void forbid(std::span<const TokenId> ids);
    // `allowed` non-empty: only these ids, forbidden or not. Throws std::runtime_error when nothing may be chosen.
    TokenId next(std::span<const float> logits, std::span<const TokenId> allowed = {});
    // As if a token had been drawn: to go on behind tokens that were sampled before.
    void skip();

private:
    SamplerOptions m_options;
    std::vector<std::uint8_t> m_forbidden;
    std::mt19937_64 m_random;
    struct Candidate {
        float logit;
        TokenId id;
    };
    std::vector<Candidate> m_candidates;
    TokenId draw();
};

} // namespace engine
