// SPDX-License-Identifier: MIT
#pragma once

#include "tideline/reading.h"

#include <cstdio>
#include <mutex>
#include <string>

namespace tideline {

/// Readings on disk, one line each, until they have been uploaded. Safe to use from the sampling and the upload thread.
class Spool {
public:
    explicit Spool(const std::string& folder);
    ~Spool();

    /// Appends one reading.
    /// @return false if the disk is full
    bool append(const Reading& reading);

    /// Forces everything to disk.
    void flush();

    /// Name of the file that is written at the moment.
    const char* currentFile() const { return m_name; }

private:
    std::mutex m_mutex;
    std::FILE* m_file = nullptr;
    char m_name[64];
    int m_unsynced = 0;
    bool m_dirty = false;
};

} // namespace tideline
