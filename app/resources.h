// Where the program's data lies (prompts, prices, schemas, tokenizer, the bundled model) and where the user's does.
// Looked for in this order: environment LECTERN_RESOURCES, the installed data folder, the data folder beside a
// relocated program, the source tree. Pure look-ups; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace app {

const char* version();                               // "0.1.0"
std::filesystem::path resourcesFolder();             // throws when there is none, naming the places looked at
std::filesystem::path resourceFile(std::string_view name); // a file or folder: "prices.json", "tokenizer"; throws when missing
std::string readResource(std::string_view name);
// The folder of the embedded model, its weights included; empty where this installation holds none.
std::filesystem::path builtInModel();
bool hasBuiltInModel();

// XDG base folders of the user with "/lectern" added; made when missing, 0700.
std::filesystem::path configFolder(); // settings.json
std::filesystem::path dataFolder();   // sessions, prices.json of the user
std::filesystem::path cacheFolder();  // snapshots

// Whole file or an exception that names it. `limit` in bytes guards against foreign files.
std::string readFile(const std::filesystem::path& path, std::size_t limit = std::size_t(1) << 30);
// Temporary file, sync, rename, sync of the folder: the name holds the old bytes or the new ones, never half.
// Never writes through a symlink.
void writeFileAtomically(const std::filesystem::path& path, std::string_view bytes, unsigned mode = 0644);

} // namespace app
