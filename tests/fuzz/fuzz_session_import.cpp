// A session file somebody hands over: opened read-only, checked, every table read through the typed calls. Refusals are
// exceptions in words; nothing may crash, hang or change the file.
#include "app/store/session_store.h"
#include "app/workspace.h"

#include <cstdlib>
#include <fstream>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const std::string file = std::string(std::getenv("TMPDIR") ? std::getenv("TMPDIR") : "/tmp") + "/fuzz-session.lectern";
    std::ofstream(file, std::ios::binary | std::ios::trunc).write(reinterpret_cast<const char*>(data), std::streamsize(size));
    try {
        const app::SessionStore store(file, app::SessionStore::Access::Read);
        (void)store.check();
        if (const auto corpus = store.latestCorpus()) {
            (void)store.manifest(corpus->id);
            (void)app::ReadRequest::fromJson(corpus->request);
        }
        for (const app::StoredRun& run : store.runs()) {
            (void)store.usage(run.id);
            (void)store.findings(run.id);
            for (const std::string& branch : store.branches(run.id))
                (void)store.messages(run.id, branch);
        }
    } catch (const std::exception&) {
    }
    return 0;
}
