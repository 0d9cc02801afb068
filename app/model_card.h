// ModelCard: what a model folder says about its model beyond lectern.json: card.txt, the promise in words,
// and evaluation.json, what was measured with this program (resources/nano/evaluate.py). Pure look-up; any
// thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace app {

struct CardRow {
    std::string measure, value, baseline, gate, state; // state: "pass", "MISSED", "reported", "not trained"
};

struct ModelCard {
    std::string text;          // paragraphs; empty = the folder holds no card.txt
    std::vector<CardRow> rows; // empty = nothing was measured
};
// A file that is missing or damaged gives less of a card, never an error: the card is no part of the model.
ModelCard modelCard(const std::filesystem::path& folder);

} // namespace app
