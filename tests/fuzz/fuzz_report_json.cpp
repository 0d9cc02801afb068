// A stored report is foreign text: whatever it says, reading it ends in a Report or in a sentence, and what
// was read can be exported in every format.
#include "app/report/export.h"
#include "app/report/report_json.h"

#include <cstdint>
#include <stdexcept>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const app::Report report = app::reportFromJson({reinterpret_cast<const char*>(data), size});
        for (const app::Format format : {app::Format::Markdown, app::Format::Html, app::Format::Sarif,
                                         app::Format::Csv, app::Format::Json})
            app::exportReport(report, format);
    } catch (const std::runtime_error&) {
    }
    return 0;
}
