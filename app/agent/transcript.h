// Transcript: what one branch added after the shared prefix, append-only, and how it ended. Its JSON is the record that
// a session keeps of a finished branch: with it the branch is replayed without asking a model again. A value.
#pragma once

#include "app/backend/backend.h"

#include <optional>
#include <string>
#include <vector>

namespace app {

class Transcript {
public:
    void add(Message message) { m_messages.push_back(std::move(message)); }
    const std::vector<Message>& messages() const { return m_messages; }

    std::string branch, end, reportedModel; // end: BranchEnd in words
    Usage usage;

    std::string toJson() const;
    // Nothing where the text is no record of ours: the branch is then run again.
    static std::optional<Transcript> fromJson(const std::string& json);

private:
    std::vector<Message> m_messages;
};

} // namespace app
