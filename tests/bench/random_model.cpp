// bench_random_model pico|nano|CONFIG FOLDER: one model with random weights, written as each program likes to read it:
//   published/   config.json and safetensors as DeepSeek stores them (fp4 experts, fp8 matrices): Lectern
//   plain/       the same values as bf16, no quantisation in config.json: transformers
//   model.gguf   experts as MXFP4 (the same values), matrices as Q8_0 (rounded again): llama.cpp, and Lectern
// The model has learned nothing; it is for comparing speed and for seeing that all compute the same.

#include "tests/support/checkpoint_writer.h"
#include "tests/support/random_checkpoint.h"

#include <cstdio>
#include <filesystem>
#include <iterator>

namespace {

using kernels::Type;
using kernels::Weight;

std::string raw(const kernels::Tensor& tensor) { return std::string(tensor.as<char>(), tensor.bytes()); }

// The values of a stored matrix [out, in].
std::vector<float> widened(const Weight& weight) {
    const std::int64_t rows = weight.values.shape[0], columns = weight.values.shape[1];
    std::vector<float> out(static_cast<std::size_t>(rows * columns));
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < columns; ++c) {
            const std::int64_t i = r * columns + c;
            float& value = out[static_cast<std::size_t>(i)];
            const auto* codes = weight.values.as<std::uint8_t>();
            if (weight.values.type == Type::F32) value = weight.values.f32()[i];
            else if (weight.values.type == Type::BF16) value = kernels::decodeBf16(weight.values.as<std::uint16_t>()[i]);
            else if (weight.values.type == Type::F8E4M3)
                value = kernels::decodeE4m3(codes[i]) *
                        kernels::decodeE8m0(weight.scales.as<std::uint8_t>()[r / 128 * weight.scales.shape[1] + c / 128]);
            else
                value = kernels::decodeE2m1(codes[i / 2] >> i % 2 * 4 & 15) *
                        kernels::decodeE8m0(weight.scales.as<std::uint8_t>()[i / 32]);
        }
    return out;
}

// GGUF's block of 32: the scale, then values j and j + 16 in a byte; published files pack neighbours.
std::string mxfp4(const Weight& weight) {
    std::string out;
    const auto* codes = weight.values.as<std::uint8_t>();
    const auto code = [&](std::int64_t i) { return codes[i / 2] >> i % 2 * 4 & 15; };
    for (std::int64_t i = 0; i < weight.values.shape.elements(); i += 32) {
        out += static_cast<char>(weight.scales.as<std::uint8_t>()[i / 32]);
        for (int j = 0; j < 16; ++j) out += static_cast<char>(code(i + j) | code(i + j + 16) << 4);
    }
    return out;
}

class Writer {
public:
    Writer(const support::RandomCheckpoint& model, std::filesystem::path folder)
        : m_model(model), m_folder(std::move(folder)), m_config(nlohmann::json::parse(model.configText())) {
        support::addMetadata(m_gguf, m_config);
        m_gguf.add("tokenizer.ggml.model", std::string("no_vocab"));
    }

    void write() {
        std::map<std::string, std::string> stacks; // experts under their common name, in order of their number
        for (int e = 0; e < m_config["n_routed_experts"]; ++e)
            for (const std::string& name : m_model.names())
                if (name.find(".experts." + std::to_string(e) + ".") != std::string::npos) {
                    const Weight weight = matrix(name);
                    std::string common = name;
                    common.replace(name.find(".experts.") + 9, std::to_string(e).size(), "*");
                    stacks[common] += weight.values.type == Type::F4E2M1 ? mxfp4(weight) : q8(weight);
                    if (e + 1 == m_config["n_routed_experts"])
                        m_gguf.addTensor(support::ggufName(common), {e + 1, weight.values.shape[0], weight.values.shape[1]},
                                         weight.values.type == Type::F4E2M1 ? 39u : support::GgufWriter::Q8_0, stacks[common]);
                }
        for (const std::string& name : m_model.names()) {
            if (name.find(".experts.") != std::string::npos) continue;
            const kernels::Tensor tensor = m_model.tensor(name);
            const bool isMatrix = tensor.shape.rank == 2 && name.ends_with(".weight");
            if (isMatrix) {
                const Weight weight = matrix(name);
                const bool packed = weight.values.type == Type::F8E4M3;
                const std::vector<float> values = widened(weight);
                const std::string bytes = packed ? q8(weight) : std::string(reinterpret_cast<const char*>(values.data()), values.size() * 4);
                const std::uint32_t type = packed ? support::GgufWriter::Q8_0 : support::GgufWriter::F32;
                m_gguf.addTensor(support::ggufName(name), {tensor.shape[0], tensor.shape[1]}, type, bytes);
                // llama.cpp knows no tied head in this family.
                if (name == "embed.weight" && !m_model.has("head.weight"))
                    m_gguf.addTensor("output.weight", {tensor.shape[0], tensor.shape[1]}, type, bytes);
                continue;
            }
            const std::vector<std::int64_t> shape(tensor.shape.size.begin(), tensor.shape.size.begin() + tensor.shape.rank);
            add(m_published, name, tensor);
            add(m_plain, name, tensor);
            std::string ids;
            if (tensor.type == Type::I64)
                for (std::int64_t i = 0; i < tensor.shape.elements(); ++i)
                    ids += support::rawBytes(static_cast<std::int32_t>(tensor.as<std::int64_t>()[i]));
            m_gguf.addTensor(support::ggufName(name), shape, tensor.type == Type::I64 ? support::GgufWriter::I32 : support::GgufWriter::F32,
                             tensor.type == Type::I64 ? ids : raw(tensor));
        }
        save("published", m_config, m_published);
        nlohmann::json plain = m_config;
        plain.erase("quantization_config");
        plain.erase("expert_dtype");
        save("plain", plain, m_plain);
        support::writeFile(m_folder / "model.gguf", m_gguf.bytes());
    }

private:
    using Tensors = std::vector<support::FileTensor>;

    // The stored matrix, added to both folders the first time it is asked for.
    Weight matrix(const std::string& name) {
        const Weight weight = m_model.weight(name.substr(0, name.size() - 7));
        add(m_published, name, weight.values);
        if (weight.scales) add(m_published, name.substr(0, name.size() - 6) + "scale", weight.scales);
        const std::vector<float> values = widened(weight);
        std::vector<std::uint16_t> brief(values.size());
        std::transform(values.begin(), values.end(), brief.begin(), kernels::encodeBf16);
        add(m_plain, name, {brief.data(), Type::BF16, weight.values.shape});
        return weight;
    }
    static void add(Tensors& tensors, const std::string& name, const kernels::Tensor& tensor) {
        std::vector<std::int64_t> shape(tensor.shape.size.begin(), tensor.shape.size.begin() + tensor.shape.rank);
        const bool fp4 = tensor.type == Type::F4E2M1; // published as I8, two values a byte
        if (fp4) shape.back() /= 2;
        tensors.push_back({name, fp4 ? "I8" : kernels::typeName(tensor.type), shape, raw(tensor)});
    }
    static std::string q8(const Weight& weight) {
        const std::vector<float> values = widened(weight);
        return support::encodeQ8(values.data(), values.size());
    }
    void save(const char* name, const nlohmann::json& config, const Tensors& tensors) const {
        std::filesystem::create_directories(m_folder / name);
        support::writeFile(m_folder / name / "config.json", config.dump(1));
        support::writeFile(m_folder / name / "model.safetensors", support::safetensorsFile(tensors));
    }

    const support::RandomCheckpoint& m_model;
    std::filesystem::path m_folder;
    nlohmann::json m_config;
    Tensors m_published, m_plain;
    support::GgufWriter m_gguf;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: bench_random_model pico|nano|CONFIG FOLDER\n");
        return 2;
    }
    const std::string shape = argv[1];
    std::ifstream file(shape);
    const std::string text = shape == "pico"   ? support::picoConfig()
                             : shape == "nano" ? support::nanoConfig()
                                               : std::string(std::istreambuf_iterator<char>(file), {});
    const support::RandomCheckpoint model(text);
    Writer(model, argv[2]).write();
    return 0;
}
