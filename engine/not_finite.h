// NotFinite: a value of the model is no number, so the run ends with this sentence and nothing of it is kept.
#pragma once

#include <stdexcept>

namespace engine {

class NotFinite : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

} // namespace engine
