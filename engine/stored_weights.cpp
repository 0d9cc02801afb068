#include "engine/stored_weights.h"

#include "engine/foreign_json.h"
#include "engine/sha256.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace engine {

namespace {

using kernels::Tensor;
using kernels::Type;

bool byName(const StoredTensor& a, const StoredTensor& b) {
    return a.name < b.name;
}

std::string shapeText(const kernels::Shape& shape) {
    std::string out = "[";
    for (int i = 0; i < shape.rank; ++i) out += (i ? ", " : "") + std::to_string(shape[i]);
    return out + "]";
}

std::string describe(const Tensor& tensor) {
    return std::string(kernels::typeName(tensor.type)) + " " + shapeText(tensor.shape);
}

std::size_t alignmentOf(Type type) {
    switch (type) {
    case Type::I64:
        return 8;
    case Type::F32:
    case Type::I32:
        return 4;
    case Type::F16:
    case Type::BF16:
        return 2;
    default:
        return 1; // bytes, and GGUF blocks, whose readers copy the halves out
    }
}

// "layers.3.ffn.experts.17.w1.weight" -> "layers.3.ffn.experts.*.w1.weight" and 17.
bool splitExpert(std::string_view name, std::string& stacked, std::int64_t& expert) {
    static constexpr std::string_view mark = ".experts.";
    const auto at = name.find(mark);
    if (at == std::string_view::npos) return false;
    const std::string_view rest = name.substr(at + mark.size());
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), expert);
    const auto digits = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc() || expert < 0 || digits == 0 || digits > 6 || (digits > 1 && rest[0] == '0'))
        return false;
    stacked = std::string(name.substr(0, at + mark.size())) + "*" + std::string(rest.substr(digits));
    return true;
}

Tensor slice(const Tensor& stacked, std::int64_t expert) {
    Tensor one;
    one.type = stacked.type;
    one.shape = {stacked.shape[1], stacked.shape[2]};
    one.data = stacked.as<std::byte>() + static_cast<std::size_t>(expert) * one.bytes();
    return one;
}

std::int64_t ceilDivide(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

// A scale byte of 255 is not a number. Small scales are looked at whole, those of experts (gigabytes in sum)
// at their first page; what slips through ends a run later as a non-finite value.
void checkScaleValues(const std::string& name, const Tensor& scales) {
    constexpr std::size_t wholeUpTo = 65'536, page = 4096;
    const std::size_t bytes = scales.bytes() <= wholeUpTo ? scales.bytes() : page;
    if (bytes > 0 && std::memchr(scales.data, 0xFF, bytes))
        throw std::runtime_error("The scales of " + quoteForeign(name) +
                                 " hold a value that is not a number (byte 255); "
                                 "the checkpoint is damaged, fetch it again.");
}

} // namespace

std::string_view publishedName(std::string_view name, std::deque<std::string>& madeNames) {
    static constexpr std::string_view prefix = "model.", suffix = ".weight_scale_inv";
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    if (!name.ends_with(suffix)) return name;
    name.remove_suffix(suffix.size());
    return madeNames.emplace_back(std::string(name) + ".scale");
}

StoredWeights::StoredWeights(Checkpoint checkpoint) : m_checkpoint(std::move(checkpoint)) {
    auto& tensors = m_checkpoint.tensors;
    if (tensors.empty()) refuseFile(m_checkpoint.label, "it holds no tensor");
    std::sort(tensors.begin(), tensors.end(), byName);
    const auto twin = std::adjacent_find(tensors.begin(), tensors.end(),
                                         [](const auto& a, const auto& b) { return a.name == b.name; });
    if (twin != tensors.end())
        refuseFile(m_checkpoint.label,
                   "tensor " + quoteForeign(twin->name) + " occurs twice, in one file or in two");
    for (const StoredTensor& t : tensors) m_bytes += t.bytes; // each lies in a mapped file: the sum fits
    moveMisaligned();
}

void StoredWeights::moveMisaligned() {
    constexpr std::uint64_t most = std::uint64_t{4} << 30;
    std::uint64_t moved = 0;
    for (StoredTensor& t : m_checkpoint.tensors) {
        if (!t.readable || reinterpret_cast<std::uintptr_t>(t.tensor.data) % alignmentOf(t.tensor.type) == 0)
            continue;
        moved += t.bytes;
        if (moved > most)
            refuseFile(m_checkpoint.label,
                       "its tensors are not aligned to their types; save it again with a current "
                       "safetensors library");
        m_moved.emplace_back(t.bytes);
        if (t.bytes > 0) std::memcpy(m_moved.back().data(), t.tensor.data, t.bytes);
        t.tensor.data = m_moved.back().data();
    }
}

StoredWeights::Found StoredWeights::find(std::string_view name) const {
    const auto exact = [&](std::string_view wanted) -> const StoredTensor* {
        const auto& tensors = m_checkpoint.tensors;
        const auto it =
            std::lower_bound(tensors.begin(), tensors.end(), wanted,
                             [](const StoredTensor& t, std::string_view n) { return t.name < n; });
        return it != tensors.end() && it->name == wanted ? &*it : nullptr;
    };
    if (const StoredTensor* stored = exact(name)) return {stored, -1};
    std::string stacked;
    std::int64_t expert = 0;
    if (!splitExpert(name, stacked, expert)) return {};
    const StoredTensor* stored = exact(stacked);
    if (!stored || stored->tensor.shape.rank != 3 || expert >= stored->tensor.shape[0]) return {};
    return {stored, expert};
}

bool StoredWeights::has(std::string_view name) const {
    return find(name).stored != nullptr;
}

Tensor StoredWeights::tensor(std::string_view name) const {
    const Found found = find(name);
    if (!found.stored)
        throw std::runtime_error("The checkpoint " + m_checkpoint.label + " has no tensor " +
                                 quoteForeign(name) + ".");
    if (!found.stored->readable)
        throw std::runtime_error("Tensor " + quoteForeign(name) + " of " + m_checkpoint.label +
                                 " is stored as " + std::string(found.stored->storedType) +
                                 ", which this program does not read.");
    return found.expert < 0 ? found.stored->tensor : slice(found.stored->tensor, found.expert);
}

kernels::Weight StoredWeights::weight(std::string_view name) const {
    const std::string base(name), scaleName = base + ".scale";
    kernels::Weight weight{tensor(base + ".weight"), {}};
    if (has(scaleName)) weight.scales = tensor(scaleName);
    Tensor& values = weight.values;
    const auto refuse = [&](const std::string& rule) {
        throw std::runtime_error("Weight " + quoteForeign(name) + " of " + m_checkpoint.label + " (" +
                                 describe(values) + ") is refused: " + rule + ".");
    };
    if (values.shape.rank < 1 || values.shape.rank > 3) refuse("it is not a matrix");
    const bool packed = values.type == Type::I8;
    if (!packed && values.type != Type::F8E4M3) {
        if (values.type == Type::I32 || values.type == Type::I64 || values.type == Type::E8M0)
            refuse("this type is not one of weights");
        if (weight.scales) refuse("it has scales, which its type does not take");
        return weight;
    }
    if (values.shape.rank != 2) refuse("a matrix with block scales has two dimensions");
    if (!weight.scales) refuse("its scales are missing");
    if (packed) {
        values.type = Type::F4E2M1;
        values.shape = {values.shape[0], values.shape[1] * 2};
    }
    const std::int64_t out = values.shape[0], in = values.shape[1];
    const kernels::Shape wanted = packed ? kernels::Shape{out, ceilDivide(in, 32)}
                                         : kernels::Shape{ceilDivide(out, 128), ceilDivide(in, 128)};
    if (weight.scales.type != Type::E8M0 || weight.scales.shape != wanted)
        refuse("its scales are " + describe(weight.scales) + " where F8_E8M0 " + shapeText(wanted) +
               " belongs");
    if (packed && in % 32 != 0) refuse("a row of FP4 values is not a multiple of 32");
    checkScaleValues(scaleName, weight.scales);
    return weight;
}

std::vector<std::string> StoredWeights::names() const {
    std::vector<std::string> names;
    for (const StoredTensor& t : m_checkpoint.tensors) {
        const auto star = t.name.find(".experts.*.");
        if (star == std::string_view::npos) {
            names.emplace_back(t.name);
            continue;
        }
        const std::string head(t.name.substr(0, star + 9)), tail(t.name.substr(star + 10));
        for (std::int64_t e = 0; e < t.tensor.shape[0]; ++e) names.push_back(head + std::to_string(e) + tail);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string StoredWeights::fingerprint() const {
    std::call_once(m_fingerprintOnce, [this] { m_fingerprint = computeFingerprint(); });
    return m_fingerprint;
}

// Names, types, shapes and sizes of all tensors, and bytes of about a thousand of them, spread evenly. A
// checkpoint of up to 64 MB is hashed whole.
std::string StoredWeights::computeFingerprint() const {
    constexpr std::uint64_t wholeUpTo = 64u << 20;
    constexpr std::size_t samples = 1024, sampleBytes = 256;
    const auto& tensors = m_checkpoint.tensors;
    const std::size_t stride = std::max<std::size_t>(1, tensors.size() / samples);
    Sha256 hash;
    hash.update(m_checkpoint.configText);
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const StoredTensor& t = tensors[i];
        hash.update(t.name.size());
        hash.update(t.name);
        hash.update(t.storedType);
        for (const std::int64_t size : t.tensor.shape.size) hash.update(static_cast<std::uint64_t>(size));
        hash.update(t.bytes);
        const std::span<const std::byte> bytes(t.tensor.as<const std::byte>(), t.bytes);
        if (m_bytes <= wholeUpTo)
            hash.update(bytes);
        else if (i % stride == 0)
            for (const std::size_t at : {std::size_t{0}, bytes.size() / 2})
                hash.update(bytes.subspan(at, std::min(sampleBytes, bytes.size() - at)));
    }
    return toHex(hash.digest());
}

} // namespace engine
