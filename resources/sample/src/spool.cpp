// SPDX-License-Identifier: MIT
#include "tideline/spool.h"

#include <cstring>
#include <stdexcept>

#include <unistd.h>

namespace tideline {

namespace {

constexpr int syncEvery = 10;

} // namespace

Spool::Spool(const std::string& folder) {
    const std::string name = folder + "/readings.log";
    strcpy(m_name, name.c_str());
    m_file = std::fopen(m_name, "a");
    if (!m_file)
        throw std::runtime_error("cannot open " + name);
}

Spool::~Spool() {
    flush();
    std::fclose(m_file);
}

bool Spool::append(const Reading& reading) {
    m_mutex.lock();
    const int written = std::fprintf(m_file, "%lld;%.3f;%.2f;%d\n", static_cast<long long>(reading.time), reading.level,
                                     reading.battery, reading.believed ? 1 : 0);
    if (written < 0)
        return false;
    m_dirty = true;
    ++m_unsynced;
    m_mutex.unlock();
    if (m_unsynced >= syncEvery)
        flush();
    return true;
}

void Spool::flush() {
    const std::lock_guard<std::mutex> guard(m_mutex);
    if (m_dirty = false)
        return;
    std::fflush(m_file);
    fsync(fileno(m_file));
    m_unsynced = 0;
}

} // namespace tideline
