// Every operation of a Device on random inputs of odd shapes, as numbers that can be held against another device's:
// tst_devices and lectern-check run the cases on a device and on the reference and compare within each case's bounds.
// Outputs lie between guard bytes. Header only; the same seed gives the same inputs everywhere.
#pragma once

#include "kernels/device.h"
#include "kernels/formats.h"
#include "kernels/reference/codecs.h"
#include "tests/support/formula_weights.h"

#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace support {

using namespace kernels;

// Inputs and outputs of one case on one device.
class Bench {
public:
    Bench(Device& d, std::uint64_t seed) : device(d), m_seed(seed) {}

    std::vector<float> random(std::int64_t count, float scale = 1) {
        std::vector<float> values;
        for (std::int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>(formulaValue(splitmix64(m_seed), m_next++)) * scale);
        if (roundsActivations(device.mode()))
            for (float& value : values) value = roundBf16(value); // what bf16 activations can hold
        return values;
    }
    std::uint64_t randomBits() { return splitmix64(m_seed ^ m_next++); }

    // On the device, between guards.
    Tensor hold(Type type, Shape shape) {
        Tensor tensor{nullptr, type, shape};
        m_memory.push_back(device.allocate(tensor.bytes() + 2 * guard));
        std::vector<std::byte> fill(tensor.bytes() + 2 * guard, std::byte{0x5a});
        device.write(m_memory.back().data(), fill.data(), fill.size());
        tensor.data = m_memory.back().data() + guard;
        return tensor;
    }
    Tensor floats(const std::vector<float>& values, Shape shape) {
        const Tensor tensor = hold(Type::F32, shape);
        device.write(tensor.data, values.data(), tensor.bytes());
        return tensor;
    }
    Tensor integers(const std::vector<std::int32_t>& values, Shape shape) {
        const Tensor tensor = hold(Type::I32, shape);
        device.write(tensor.data, values.data(), tensor.bytes());
        return tensor;
    }
    Tensor activations(const std::vector<float>& values, Shape shape) {
        if (device.activationType() == Type::F32) return floats(values, shape);
        const Tensor tensor = hold(device.activationType(), shape);
        std::vector<std::uint16_t> codes;
        for (const float value : values) codes.push_back(encodeBf16(value));
        device.write(tensor.data, codes.data(), tensor.bytes());
        return tensor;
    }
    Tensor emptyActivations(Shape shape) { return hold(device.activationType(), shape); }

    std::vector<float> read(const Tensor& tensor) {
        std::vector<float> values(static_cast<std::size_t>(tensor.shape.elements()));
        if (tensor.type == Type::F32) {
            device.read(values.data(), tensor.data, tensor.bytes());
        } else if (tensor.type == Type::I32) {
            std::vector<std::int32_t> codes(values.size());
            device.read(codes.data(), tensor.data, tensor.bytes());
            values.assign(codes.begin(), codes.end());
        } else {
            std::vector<std::uint16_t> codes(values.size());
            device.read(codes.data(), tensor.data, tensor.bytes());
            for (std::size_t i = 0; i < codes.size(); ++i) values[i] = decodeBf16(codes[i]);
        }
        return values;
    }

    // A cache plane pair of `capacity` rows, zeroed.
    template<class View>
    View rows(RowLayout layout, std::int64_t capacity) {
        View view;
        view.layout = layout;
        view.capacity = capacity;
        const std::int64_t data = capacity * static_cast<std::int64_t>(layout.dataBytes());
        const std::int64_t scales = capacity * static_cast<std::int64_t>(layout.scaleBytes());
        view.data = zeroed(data);
        if (scales) view.scales = zeroed(scales);
        return view;
    }
    std::vector<float> readRow(const Rows& rows, std::int64_t i) {
        std::vector<std::byte> data(rows.layout.dataBytes()), scales(rows.layout.scaleBytes());
        device.read(data.data(), rows.row(i), data.size());
        if (!scales.empty()) device.read(scales.data(), rows.scale(i), scales.size());
        std::vector<float> values(static_cast<std::size_t>(rows.layout.dims));
        reference::decodeRow(rows.layout, data.data(), scales.data(), values.data());
        return values;
    }
    void writeRow(const Rows& rows, std::int64_t i, const std::vector<float>& values) {
        std::vector<std::byte> data(rows.layout.dataBytes()), scales(rows.layout.scaleBytes());
        reference::encodeRow(rows.layout, values.data(), data.data(), scales.data());
        device.write(rows.row(i), data.data(), data.size());
        if (!scales.empty()) device.write(rows.scale(i), scales.data(), scales.size());
    }

    // A weight in checkpoint bytes on the host.
    Weight weight(Type type, std::int64_t out, std::int64_t in) {
        Weight w{{nullptr, type, {out, in}}, {}};
        std::vector<std::byte>& bytes = m_host.emplace_back(w.values.bytes());
        w.values.data = bytes.data();
        if (type == Type::F32 || type == Type::BF16) {
            for (std::int64_t i = 0; i < out * in; ++i) {
                const float value = static_cast<float>(formulaValue(splitmix64(m_seed), m_next++) / std::sqrt(double(in)));
                const std::uint16_t code = encodeBf16(value);
                if (type == Type::F32) std::memcpy(bytes.data() + i * 4, &value, 4);
                else std::memcpy(bytes.data() + i * 2, &code, 2);
            }
            return w;
        }
        for (std::byte& byte : bytes) {
            byte = std::byte(randomBits() & 0xff);
            if (type == Type::F8E4M3 && (byte & std::byte{0x7f}) == std::byte{0x7f}) byte = std::byte{0x30};
        }
        const bool fp4 = type == Type::F4E2M1;
        w.scales = {nullptr, Type::E8M0, fp4 ? Shape{out, (in + 31) / 32} : Shape{(out + 127) / 128, (in + 127) / 128}};
        std::vector<std::byte>& scales = m_host.emplace_back(w.scales.bytes());
        for (std::byte& scale : scales) scale = std::byte((fp4 ? 119 : 114) + randomBits() % 6);
        w.scales.data = scales.data();
        return w;
    }

    bool guardsIntact() {
        for (const Memory& memory : m_memory) {
            std::vector<std::byte> bytes(memory.size());
            device.read(bytes.data(), memory.data(), bytes.size());
            for (std::size_t i = 0; i < guard; ++i)
                if (bytes[i] != std::byte{0x5a} || bytes[bytes.size() - 1 - i] != std::byte{0x5a}) return false;
        }
        return true;
    }

    Device& device;

private:
    static constexpr std::size_t guard = 64;
    std::byte* zeroed(std::int64_t bytes) {
        const Tensor tensor = hold(Type::I8, {bytes});
        const std::vector<std::byte> zero(static_cast<std::size_t>(bytes));
        device.write(tensor.data, zero.data(), zero.size());
        return static_cast<std::byte*>(tensor.data);
    }

    std::uint64_t m_seed, m_next = 1;
    std::vector<Memory> m_memory;
    std::vector<std::vector<std::byte>> m_host;
};

// What a case gives: values, and how far another device may be off, as absolute + relative error; or, for codes, the
// share of values that may be off by a code step.
struct Outcome {
    std::vector<float> values;
    double absolute = 0, relative = 0;
    double codeShare = 0;
    std::vector<double> slack; // per value, added to `absolute` (products: c · Σ|a·b|)
};

struct OperationCase {
    std::string name;
    std::function<Outcome(Bench&)> run;
};

// The sentence of the worst offence, or empty.
inline std::string compareOutcomes(const Outcome& expected, const Outcome& actual) {
    if (expected.values.size() != actual.values.size()) return "another number of values";
    std::size_t off = 0;
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
        const double a = expected.values[i], b = actual.values[i];
        if (std::isnan(a) && std::isnan(b)) continue;
        const double bound = expected.absolute + expected.relative * std::fabs(a) + (expected.slack.empty() ? 0 : expected.slack[i]);
        if (std::fabs(a - b) <= bound) continue;
        const bool step = expected.codeShare > 0 && std::fabs(a - b) <= 0.51 * std::max(std::fabs(a), std::fabs(b)) + 1e-3;
        if (!step) return "value " + std::to_string(i) + " is " + std::to_string(b) + ", expected " + std::to_string(a);
        ++off;
    }
    if (double(off) > expected.codeShare * double(expected.values.size()) + 1)
        return std::to_string(off) + " of " + std::to_string(expected.values.size()) + " values are another code";
    return {};
}

// Runs every case on both devices. `report(good, sentence)`.
inline void compareDevices(Device& expected, Device& actual, const std::vector<OperationCase>& cases,
                           const std::function<void(bool, const std::string&)>& report) {
    for (const OperationCase& c : cases) {
        std::string offence;
        try {
            Bench first(expected, fnv1a(c.name)), second(actual, fnv1a(c.name));
            offence = compareOutcomes(c.run(first), c.run(second));
            if (offence.empty() && !second.guardsIntact()) offence = "bytes beside an output were written";
        } catch (const std::exception& e) {
            offence = e.what();
        }
        report(offence.empty(), actual.name() + ", " + c.name + (offence.empty() ? "" : ": " + offence));
    }
}

} // namespace support
