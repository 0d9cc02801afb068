// The numbered steps that lead from an empty file to today's session (resources/schema/NNN_name.sql). A released step
// is never edited; a change is a new number. Pure functions.
#pragma once

#include <string>
#include <vector>

namespace app {

class Database;

struct Migration {
    int version = 0;
    std::string name, sql;
};

inline constexpr int sessionApplicationId = 0x4c454354; // "LECT"

// In order, without a gap from 1; throws when the installed files do not say so.
std::vector<Migration> sessionMigrations();
// Runs the steps above `from`; the caller holds the transaction.
void applyMigrations(Database& database, const std::vector<Migration>& migrations, int from);

} // namespace app
