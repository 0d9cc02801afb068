#include "engine/logits_file.h"

#include "engine/timeline.h"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <stdexcept>

namespace engine {

namespace {

// A safetensors file of known shapes whose values arrive in any order.
class TensorFile {
public:
    TensorFile(std::filesystem::path file) : m_target(std::move(file)), m_temporary(m_target.string() + ".part") {}
    ~TensorFile() {
        if (m_descriptor >= 0) ::close(m_descriptor);
        if (!m_finished) ::unlink(m_temporary.c_str());
    }

    void declare(const std::string& name, const char* type, std::vector<std::int64_t> shape) {
        std::uint64_t bytes = 4;
        for (const std::int64_t size : shape) bytes *= static_cast<std::uint64_t>(size);
        m_header[name] = {{"dtype", type}, {"shape", std::move(shape)}, {"data_offsets", {m_size, m_size + bytes}}};
        m_offsets[name] = m_size;
        m_size += bytes;
    }

    void open() {
        std::string header = m_header.dump();
        header.resize((header.size() + 7) / 8 * 8, ' ');
        m_descriptor = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
        if (m_descriptor < 0) fail();
        const auto length = static_cast<std::uint64_t>(header.size());
        unsigned char prefix[8];
        for (int i = 0; i < 8; ++i) prefix[i] = static_cast<unsigned char>(length >> 8 * i);
        m_data = 8 + length;
        if (::ftruncate(m_descriptor, static_cast<off_t>(m_data + m_size)) != 0) fail();
        put(0, prefix, 8);
        put(8, header.data(), header.size());
    }

    // `first`: index of the first value in the tensor.
    template<class T>
    void write(const std::string& name, std::int64_t first, std::span<const T> values) {
        static_assert(sizeof(T) == 4);
        put(m_data + m_offsets.at(name) + static_cast<std::uint64_t>(first) * 4, values.data(), values.size_bytes());
    }

    void finish() {
        if (::fsync(m_descriptor) != 0 || ::rename(m_temporary.c_str(), m_target.c_str()) != 0) fail();
        m_finished = true;
    }

private:
    [[noreturn]] void fail() const {
        throw std::runtime_error("The file " + m_target.string() + " cannot be written: " + std::strerror(errno) + ".");
    }
    void put(std::uint64_t at, const void* bytes, std::size_t size) {
        for (const char* from = static_cast<const char*>(bytes); size > 0;) {
            const ssize_t done = ::pwrite(m_descriptor, from, size, static_cast<off_t>(at));
            if (done < 0 && errno == EINTR) continue;
            if (done <= 0) fail();
            from += done;
            at += static_cast<std::uint64_t>(done);
            size -= static_cast<std::size_t>(done);
        }
    }

    std::filesystem::path m_target;
    std::string m_temporary;
    nlohmann::ordered_json m_header;
    std::map<std::string, std::uint64_t> m_offsets;
    std::uint64_t m_size = 0, m_data = 0;
    int m_descriptor = -1;
    bool m_finished = false;
};

void checkTokens(std::span<const std::int32_t> tokens, const ModelConfig& config, const LogitsOptions& options) {
    if (tokens.empty()) throw std::runtime_error("There are no tokens to evaluate; give at least one.");
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (tokens[i] < 0 || tokens[i] >= config.vocabulary)
            throw std::runtime_error("Token " + std::to_string(tokens[i]) + " at place " + std::to_string(i) +
                                     " is not in the model's vocabulary of " + std::to_string(config.vocabulary) + ".");
    if (options.decode < 0 || options.decode > static_cast<std::int64_t>(tokens.size()) || options.chunk < 0)
        throw std::runtime_error("The tokens to decode one at a time are more than there are, or a chunk is negative.");
}

} // namespace

bool writeLogits(std::shared_ptr<const Model> model, std::span<const std::int32_t> tokens, const std::filesystem::path& file,
                 const LogitsOptions& options, std::stop_token stop) {
    const ModelConfig& config = model->config();
    checkTokens(tokens, config, options);
    const auto total = static_cast<std::int64_t>(tokens.size());
    const std::int64_t vocabulary = config.vocabulary, width = config.width, streams = config.streams, topK = config.indexTopK;
    TensorFile out(file);
    out.declare("logits", "F32", {total, vocabulary});
    for (int layer = 0; options.hidden && layer <= config.layers; ++layer) {
        const std::string name = "hidden." + std::to_string(layer);
        if (layer < config.layers) out.declare(name, "F32", {total, streams, width});
        else out.declare(name, "F32", {total, width});
        if (layer < config.layers && config.ratio(layer) == 4) out.declare("index_topk." + std::to_string(layer), "I32", {total, topK});
    }
    out.open();

    Observer observer;
    observer.logits = [&](std::int64_t position, std::span<const float> values) { out.write("logits", position * vocabulary, values); };
    if (options.hidden) {
        observer.hidden = [&](int layer, std::int64_t position, std::span<const float> values) {
            out.write("hidden." + std::to_string(layer), position * width * (layer < config.layers ? streams : 1), values);
        };
        observer.picks = [&](int layer, std::int64_t position, std::span<const std::int32_t> picks) {
            std::vector<std::int32_t> rows(picks.begin(), picks.end());
            for (auto row = rows.begin(); row != rows.end(); row += topK) std::sort(row, row + topK); // as the goldens: -1 first
            out.write("index_topk." + std::to_string(layer), position * topK, std::span<const std::int32_t>(rows));
        };
    }
    Timeline timeline(model, std::max<std::int64_t>(total, 16));
    SyncOptions sync;
    sync.chunk = options.chunk;
    sync.observer = observer;
    sync.onProgress = [&](std::int64_t done, std::int64_t) {
        if (options.onProgress) options.onProgress(done, total);
    };
    const std::int64_t prefilled = total - options.decode;
    if (prefilled > 0 && timeline.sync(tokens.first(static_cast<std::size_t>(prefilled)), sync, stop).stopped) return false;
    for (std::int64_t i = prefilled; i < total; ++i) {
        if (stop.stop_requested()) return false;
        timeline.next(tokens[static_cast<std::size_t>(i)], observer);
        if (options.onProgress) options.onProgress(i + 1, total);
    }
    out.finish();
    return true;
}

std::shared_ptr<const Model> openForComparison(const std::filesystem::path& path, const std::string& device, bool exact) {
    const auto weights = Weights::open(path);
    const Mode mode = exact ? Mode::Exact : Model::modeOf(ModelConfig::parse(weights->configText()));
    return Model::open(weights, device, mode);
}

} // namespace engine
