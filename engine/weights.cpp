#include "engine/weights.h"

#include "engine/foreign_json.h"
#include "engine/gguf_model.h"
#include "engine/safetensors.h"
#include "engine/stored_weights.h"

#include <algorithm>
#include <cstring>
#include <fstream>

namespace engine {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t maxConfigBytes = 1u << 20, maxTokenizerBytes = 64u << 20;

// A text file of the model folder, of limited size.
std::string readText(const fs::path& file, std::uint64_t most) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) refuseFile(file.string(), "it is missing or not a regular file");
    const std::uint64_t size = fs::file_size(file, error);
    if (error) refuseFile(file.string(), "its size cannot be read: " + error.message());
    if (size > most)
        refuseFile(file.string(),
                   "it is larger than the " + std::to_string(most) + " bytes such a file needs");
    std::ifstream in(file, std::ios::binary);
    std::string text(size, '\0');
    if (!in.read(text.data(), static_cast<std::streamsize>(size)))
        refuseFile(file.string(), "it cannot be read");
    return text;
}

std::string readConfig(const fs::path& file) {
    std::string text = readText(file, maxConfigBytes);
    checkForeignJson(text, file.string(), {8, 4096});
    return text;
}

bool isGguf(const kernels::Mapping& file) {
    return file.bytes().size() >= 4 && std::memcmp(file.bytes().data(), "GGUF", 4) == 0;
}

// Folder entries with that extension, sorted; only names are looked at.
std::vector<fs::path> filesEndingIn(const fs::path& folder, const std::string& extension) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == extension && entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

void addTensors(Checkpoint& checkpoint, std::vector<StoredTensor> tensors) {
    for (StoredTensor& t : tensors) t.name = publishedName(t.name, checkpoint.madeNames);
    checkpoint.tensors.insert(checkpoint.tensors.end(), tensors.begin(), tensors.end());
    if (checkpoint.tensors.size() > 2 * maxTensorsPerFile)
        refuseFile(checkpoint.label, "it holds more than 320,000 tensors");
}

// The texts that lie beside the weights. NAME.config.json serves NAME.safetensors where several share a
// folder.
void addTexts(Checkpoint& checkpoint, const fs::path& folder, const std::string& stem) {
    const fs::path own = folder / (stem + ".config.json"), common = folder / "config.json";
    if (!stem.empty() && fs::exists(own))
        checkpoint.configText = readConfig(own);
    else if (fs::exists(common))
        checkpoint.configText = readConfig(common);
    else
        refuseFile(checkpoint.label, "there is no config.json beside the weights");
    checkpoint.tokenizerText = [file = folder / "tokenizer.json"] {
        return fs::exists(file) ? readText(file, maxTokenizerBytes) : std::string();
    };
}

// Every tensor of the map lies in its shard and in no other; a tensor outside the map is not part of the
// model.
void addShard(Checkpoint& checkpoint, const ShardIndex& index, std::uint32_t shard,
              const std::string& fileName, std::vector<std::size_t>& seen) {
    std::vector<StoredTensor> listed;
    for (const StoredTensor& t : readSafetensorsDirectory(checkpoint.files.back().bytes(), fileName)) {
        const auto it =
            std::lower_bound(index.places.begin(), index.places.end(), t.name,
                             [](const auto& place, std::string_view n) { return place.tensor < n; });
        if (it == index.places.end() || it->tensor != t.name) continue;
        if (it->shard != shard)
            refuseFile(fileName, "tensor " + quoteForeign(t.name) +
                                     " lies in it, but the index places it in " +
                                     quoteForeign(index.shards[it->shard]));
        ++seen[static_cast<std::size_t>(it - index.places.begin())];
        listed.push_back(t);
    }
    addTensors(checkpoint, std::move(listed));
}

Checkpoint openSharded(const fs::path& folder, const fs::path& indexFile) {
    Checkpoint checkpoint;
    checkpoint.label = folder.string();
    checkpoint.format = "safetensors";
    addTexts(checkpoint, folder, "");
    const std::string text = readText(indexFile, maxShardIndex);
    const ShardIndex index = readShardIndex(text, indexFile.string());
    std::vector<std::size_t> seen(index.places.size());
    for (std::uint32_t shard = 0; shard < index.shards.size(); ++shard) {
        const fs::path file = folder / index.shards[shard];
        if (!fs::exists(file))
            refuseFile(folder.string(), "the shard " + index.shards[shard] + " of its index is missing");
        checkpoint.files.emplace_back(file);
        addShard(checkpoint, index, shard, file.string(), seen);
    }
    for (std::size_t i = 0; i < seen.size(); ++i)
        if (seen[i] != 1)
            refuseFile(folder.string(), "tensor " + quoteForeign(index.places[i].tensor) +
                                            " of the index is not in its shard " +
                                            quoteForeign(index.shards[index.places[i].shard]));
    return checkpoint;
}

Checkpoint openFile(const fs::path& file) {
    Checkpoint checkpoint;
    checkpoint.label = file.string();
    kernels::Mapping mapping(file);
    if (isGguf(mapping)) return openGguf(file);
    checkpoint.format = "safetensors";
    checkpoint.files.push_back(std::move(mapping));
    addTensors(checkpoint, readSafetensorsDirectory(checkpoint.files.back().bytes(), file.string()));
    addTexts(checkpoint, file.parent_path(), file.stem().string());
    return checkpoint;
}

Checkpoint openFolder(const fs::path& folder) {
    const fs::path index = folder / "model.safetensors.index.json", single = folder / "model.safetensors";
    if (fs::exists(index)) return openSharded(folder, index);
    if (fs::exists(single)) return openFile(single);
    const auto safetensors = filesEndingIn(folder, ".safetensors");
    if (safetensors.size() == 1) return openFile(safetensors.front());
    if (safetensors.size() > 1)
        refuseFile(folder.string(),
                   "it holds " + std::to_string(safetensors.size()) +
                       " .safetensors files but no model.safetensors.index.json; name one of the files");
    const auto gguf = filesEndingIn(folder, ".gguf");
    if (gguf.empty()) refuseFile(folder.string(), "it holds neither .safetensors nor .gguf files");
    if (gguf.size() > 1 && !isGgufSplitOf(gguf.front(), gguf.size()))
        refuseFile(folder.string(), "it holds several .gguf files; name the one to use");
    return openFile(gguf.front());
}

} // namespace

std::shared_ptr<const Weights> Weights::open(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) return std::make_shared<StoredWeights>(openFolder(path));
    if (fs::is_regular_file(status)) return std::make_shared<StoredWeights>(openFile(path));
    if (!fs::exists(status)) throw std::runtime_error("There is no model at " + path.string() + ".");
    refuseFile(path.string(), "it is neither a folder nor a regular file");
}

} // namespace engine
