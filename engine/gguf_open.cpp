#include "engine/foreign_json.h"
#include "engine/gguf_model.h"

#include <algorithm>
#include <charconv>

namespace engine {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t maxSplits = 999;

struct Split {
    std::string stem; // "name" of "name-00002-of-00005.gguf"
    std::size_t number = 1, count = 1;
};

// "-00002-of-00005" at the end of the stem; anything else is a file of its own.
Split splitOf(const fs::path& file) {
    const std::string stem = file.stem().string();
    constexpr std::size_t tail = std::string_view("-00000-of-00000").size();
    Split alone{stem, 1, 1};
    if (stem.size() <= tail) return alone;
    const std::string_view part = std::string_view(stem).substr(stem.size() - tail);
    if (part[0] != '-' || part.substr(6, 4) != "-of-") return alone;
    Split split{stem.substr(0, stem.size() - tail), 0, 0};
    const auto number = [&](std::size_t at, std::size_t& out) {
        const auto [end, error] = std::from_chars(part.data() + at, part.data() + at + 5, out);
        return error == std::errc() && end == part.data() + at + 5;
    };
    const bool ok = number(1, split.number) && number(10, split.count);
    if (!ok || split.number < 1 || split.number > split.count || split.count > maxSplits) return alone;
    return split;
}

fs::path splitFile(const fs::path& folder, const Split& split, std::size_t number) {
    const auto five = [](std::size_t n) {
        const std::string digits = std::to_string(n);
        return std::string(5 - digits.size(), '0') + digits;
    };
    return folder / (split.stem + "-" + five(number) + "-of-" + five(split.count) + ".gguf");
}

void checkSplitKeys(const GgufFile& file, const Split& split, std::size_t number,
                    const std::string& fileName) {
    const auto stated = [&](const char* key) {
        const GgufValue* value = file.find(key);
        return value ? value->asUnsigned() : std::nullopt;
    };
    if (stated("split.count").value_or(split.count) != split.count ||
        stated("split.no").value_or(number - 1) != number - 1)
        refuseFile(fileName, "its split.no and split.count do not agree with its name");
}

// Groups of the output projection may be a dimension of their own; published files have them one below the
// other.
void flattenGroups(StoredTensor& t) {
    kernels::Shape& shape = t.tensor.shape;
    if (shape.rank == 3 && t.name.ends_with(".attn.wo_a.weight")) shape = {shape[0] * shape[1], shape[2]};
}

void checkRanks(const StoredTensor& t, std::string_view inFile, const std::string& fileName) {
    const bool stacked = t.name.find(".experts.*.") != std::string_view::npos;
    if (stacked != (t.tensor.shape.rank == 3) || t.tensor.shape.rank > 3)
        refuseFile(fileName, "tensor " + quoteForeign(inFile) + " has " +
                                 std::to_string(t.tensor.shape.rank) +
                                 " dimensions, which DeepSeek-V4 does not give it");
}

void addTensors(Checkpoint& checkpoint, const GgufFile& file, std::uint64_t layers,
                const std::string& fileName) {
    for (StoredTensor t : file.tensors()) {
        const std::string_view inFile = t.name;
        const auto name = publishedNameOfGguf(inFile, layers);
        if (!name) refuseFile(fileName, "tensor " + quoteForeign(inFile) + " is not one of DeepSeek-V4");
        if (name->empty()) continue;
        t.name = checkpoint.madeNames.emplace_back(*name);
        flattenGroups(t);
        checkRanks(t, inFile, fileName);
        checkpoint.tensors.push_back(t);
    }
}

} // namespace

bool isGgufSplitOf(const fs::path& file, std::size_t count) {
    const Split split = splitOf(file);
    return split.count == count && split.number == 1;
}

Checkpoint openGguf(const fs::path& file) {
    Checkpoint checkpoint;
    checkpoint.label = file.string();
    checkpoint.format = "GGUF";
    const Split split = splitOf(file);
    std::uint64_t layers = 0;
    std::shared_ptr<const GgufFile> first; // the others repeat little more than their number
    for (std::size_t number = 1; number <= split.count; ++number) {
        const fs::path part = split.count == 1 ? file : splitFile(file.parent_path(), split, number);
        if (!fs::exists(part))
            refuseFile(checkpoint.label, "the part " + part.filename().string() + " is missing beside it");
        checkpoint.files.emplace_back(part);
        auto read =
            std::make_shared<const GgufFile>(GgufFile::read(checkpoint.files.back().bytes(), part.string()));
        checkSplitKeys(*read, split, number, part.string());
        if (!first) {
            first = read;
            layers = ggufLayers(*first, part.string());
        }
        addTensors(checkpoint, *read, layers, part.string());
    }
    checkpoint.configText = ggufConfig(*first, checkpoint.tensors, checkpoint.label);
    checkpoint.tokenizerText = [first, name = checkpoint.label] { return ggufTokenizer(*first, name); };
    return checkpoint;
}

} // namespace engine
