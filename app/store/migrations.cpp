#include "app/store/migrations.h"

#include "app/resources.h"
#include "app/store/database.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace app {

std::vector<Migration> sessionMigrations() {
    std::vector<Migration> found;
    const std::filesystem::path folder = resourcesFolder() / "schema";
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() == ".sql" && name.size() > 4 && std::isdigit(static_cast<unsigned char>(name[0])))
            found.push_back({std::atoi(name.c_str()), name, readFile(entry.path(), 1 << 20)});
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.version < b.version; });
    for (std::size_t i = 0; i < found.size(); ++i)
        if (found[i].version != int(i) + 1)
            throw std::runtime_error("The session schema in " + folder.string() + " has a gap before " + found[i].name +
                                     ": install Lectern again.");
    if (found.empty())
        throw std::runtime_error("The session schema is missing from " + folder.string() + ": install Lectern again.");
    return found;
}

void applyMigrations(Database& database, const std::vector<Migration>& migrations, int from) {
    for (const Migration& step : migrations)
        if (step.version > from)
            database.execute(step.sql);
}

} // namespace app
