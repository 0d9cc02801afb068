// The inner loops of the SIMD device as a table of functions, one table for each instruction set (loops_avx2.cpp,
// loops_avx512.cpp, loops_vnni.cpp compile loops.inc). All take plain pointers and run on the calling thread. All tables give the same
// bits: sums run over sixteen fixed lanes or in one chain, blocks of fixed size, and never depend on how many rows or
// tokens are handed over together.
#pragma once

#include <cstdint>

namespace kernels::simd {

// Rows of a matrix in panels of sixteen: column by column, sixteen codes side by side (fp4: eight columns, four bytes of each
// row, in whole blocks of 32 columns). Rows and columns behind the last are zero.
enum class Format : std::uint8_t { E2m1, E4m3, Int8, Bf16, F32, Stored }; // Stored: the checkpoint's bytes, widened when used
struct Panels {
    Format format = Format::F32;
    std::int64_t columns = 0;
    std::int64_t block = 128; // columns that share a scale and a partial sum
    std::int64_t blocks() const { return (columns + block - 1) / block; }
    std::int64_t bytes() const { // of a panel's codes
        return format == Format::E2m1 ? (columns + 31) / 32 * 256 : format == Format::E4m3 || format == Format::Int8 ? columns * 16 : format == Format::Bf16 ? columns * 32 : columns * 64;
    }
};
constexpr int panelRows = 16;
constexpr std::int64_t laneWidth = 16;
constexpr int tilePanels = 4; // most panels in one call of product

// An e4m3 input times 2^9 over its scale is a whole number: three signed digits of seven bits, [blocks of 32][3][32] in the
// order of the steps, most significant first. The product with fp4 codes is then exact within a block.
struct WholeInput {
    const std::int8_t* digits = nullptr;
    const float* scales = nullptr;             // of a block's product
    const std::int32_t* corrections = nullptr; // for the 12 that make codes unsigned
};
constexpr std::int64_t digitBytes = 96; // of a block

struct PanelProduct {
    Panels shape;
    const std::uint8_t* codes[tilePanels]; // of each panel
    const float* scales[tilePanels];       // [blocks][16]
    int panels = 1;
    std::int64_t rows = 0; // that exist, of panels * 16
    const float* const* inputs = nullptr;
    const WholeInput* wholeInputs = nullptr; // for fp4 codes: used instead
    float* const* outputs = nullptr; // rows are written or, with `add`, added to what is there
    std::int64_t count = 0;
    bool round = false, add = false;
    float* scratch = nullptr; // tilePanels * columns * 16 floats
};

struct HyperTokens { // up to sixteen tokens
    std::int64_t count, width;
    int streams, iterations;
    float epsilon;
    const float* mix; // [count][(2 + h) h], scaled
    const float* base;
    const float* scale;
    float* pre;  // [count][h]
    float* post; // [count][h]
    float* comb; // [count][h][h]
};

// Up to indexTileKeys keys before one query, whose head h has blocks [h * blocks, (h + 1) * blocks) of 32 dims.
constexpr std::int64_t indexTileKeys = 64;
constexpr int mostDirectBlocks = 8;
constexpr std::int64_t indexPanelBytes = 512; // of a block of sixteen keys
struct IndexTile {
    const std::uint8_t* keys = nullptr; // panels of sixteen: [blocks][8][16][4]
    const float* factors = nullptr;     // [panels][blocks][16]
    std::int64_t rows = 0, first = 0;   // keys that count, and the index of the first
    int blocks = 0, heads = 0;
    const std::int8_t* queries = nullptr;
    const float* scales = nullptr;
    const std::int32_t* corrections = nullptr;
    const float* weights = nullptr; // of each head
};
// The best entries so far of those offered in ascending order: never more than `limit`, of which `wanted` stay.
struct IndexBest {
    float* scores = nullptr; // sixteen more than `limit`, like the indices
    std::int32_t* indices = nullptr;
    std::int64_t wanted = 0, limit = 0, count = 0;
    float threshold = 0; // NaN until only better scores matter
    bool bad = false;    // a score was NaN; it counts as zero
};

struct Loops {
    const char* name;
    int tokensAtOnce; // the product's tile
    void (*product)(const PanelProduct&);
    void (*digits)(const float* quantised, std::int64_t columns, std::int8_t* digits, float* scales, std::int32_t* corrections);
    void (*quantise)(float* to, const float* from, std::int64_t count, std::int64_t block);
    float (*squares)(const float* x, std::int64_t count); // sum of squares
    void (*scaleBy)(float* to, const float* from, const float* weight, float factor, std::int64_t count, bool round);
    void (*rotate)(float* x, const float* table, std::int64_t count, bool inverse, bool round);
    void (*gate)(float* to, const float* gate, const float* up, float limit, float weight, std::int64_t count, bool round);
    void (*combine)(float* to, const float* const* from, const float* factors, int terms, std::int64_t count, bool round);
    void (*hyper)(const HyperTokens&);
    void (*pool)(const float* const* values, const float* const* scores, int slots, std::int64_t count, float* out);
    void (*add)(float* to, const float* a, const float* b, std::int64_t count);
    // Latent rows: `plain` e4m3 values with a scale for each 64, then `rotary` bf16 values.
    void (*latentRow)(const std::uint8_t* data, const std::uint8_t* scales, int plain, int rotary, float* out);
    // out[i] = scale * (query · keys[i]) for `rows` keys, a multiple of sixteen or less
    void (*keyScores)(const float* keys, std::int64_t rows, std::int64_t width, const float* query, float scale, float* out);
    // scores to weights, in place: exp(score - largest); the denominator, with the sink's part, is returned
    float (*softmax)(float* scores, std::int64_t count, float sink, bool round);
    // outputs[i] += Σ_r weights[i][r] * keys[r], one chain over the rows, `stride` apart
    void (*valueSum)(const float* keys, std::int64_t rows, std::int64_t stride, std::int64_t width, const float* const* weights, float* const* outputs, int count);
    // The indexer in whole numbers, see indexer.inc: keys to panels with their scales, a query (after its rotations) to codes.
    void (*indexPanels)(const std::uint8_t* codes, const std::uint8_t* scales, std::int64_t rows, int dims, std::uint8_t* panels, float* factors);
    void (*indexQuery)(const float* query, int dims, std::int8_t* codes, float* scales, std::int32_t* corrections);
    void (*indexScores)(const IndexTile&, IndexBest&); // offers the scores of a tile of keys
    // The same from the keys as they lie, any number of them, for one query of at most two heads and mostDirectBlocks.
    void (*indexDirect)(const std::uint8_t* codes, const std::uint8_t* scales, int dims, const IndexTile&, IndexBest&);
    void (*keepBest)(IndexBest&);                      // at most `wanted` entries, in their order
    // For measuring the machine: reads everything; makes rounds of independent multiply-adds.
    float (*readSum)(const float* values, std::int64_t count);
    float (*multiplyRounds)(std::int64_t rounds);
    float (*wholeRounds)(std::int64_t rounds); // of bytes
    int multiplicationsOfRound, wholeMultiplicationsOfRound;
};

const Loops* avx2Loops();   // null where the compiler had no such target
const Loops* avx512Loops();
const Loops* vnniLoops(); // AVX-512 with VNNI and VBMI

} // namespace kernels::simd
