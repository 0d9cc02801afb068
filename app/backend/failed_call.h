// FailedCall: a call that cost something and gave no whole answer. Carries what had arrived and what was sent, so
// that nothing is lost and nothing is billed unseen. Thrown by remote backends with cause BrokeOff; a value.
#pragma once

#include "app/backend/backend.h"

namespace app {

class FailedCall : public BackendError {
public:
    FailedCall(Cause cause, const std::string& sentence, Reply partial)
        : BackendError(cause, sentence), m_partial(std::move(partial)) {}
    // Text and reasoning so far; usage estimated unless the server gave it.
    const Reply& partial() const { return m_partial; }

private:
    Reply m_partial;
};

} // namespace app
