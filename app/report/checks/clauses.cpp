// D12: clauses that are alike but for a number, a negation or a modal verb, in one document or across
// documents.
#include "app/report/checks/documents.h"

#include "app/report/guarded_words.h"
#include "app/report/summary_text.h"
#include "app/report/text_folding.h"

#include <algorithm>
#include <unordered_map>

namespace app::checks {

namespace {

struct Clause {
    Place place;
    std::vector<std::string> guards;
};

void nearDuplicates(const CorpusView& view, Sink& sink) {
    std::unordered_map<std::string, std::vector<Clause>> byShape;
    for (const std::uint32_t index : view.documents) {
        if (view.stop.stop_requested()) return;
        const ingest::Document& document = view.corpus.document(index);
        if (document.kind() == ingest::Kind::Code || document.text().size() > 4000000) continue;
        const Language language = detectLanguage(document.text());
        if (language == Language::Unknown || language == Language::Cjk) continue;
        for (const auto& [begin, end] : sentencesOf(document.text(), 0, document.text().size())) {
            const std::string_view text(document.text().data() + begin, end - begin);
            if (text.size() < 70 || text.size() > 1200 || text.find("....") != std::string_view::npos)
                continue;
            // The sentence with every guarded word replaced by one sign.
            std::string shape;
            int words = 0;
            for (const auto& [word, range] : [&] {
                     std::vector<std::pair<std::string, bool>> list;
                     std::string current;
                     for (std::size_t at = 0; at <= text.size(); ++at) {
                         const char c = at < text.size() ? text[at] : ' ';
                         if (isWordCharacter(static_cast<unsigned char>(c)) || c < 0 || c == '.' || c == ',')
                             current.push_back(c);
                         else if (!current.empty()) {
                             while (!current.empty() && (current.back() == '.' || current.back() == ','))
                                 current.pop_back();
                             list.emplace_back(toLower(current), isGuarded(current, language));
                             current.clear();
                         }
                     }
                     return list;
                 }()) {
                ++words;
                shape += range ? "# " : word + ' ';
            }
            if (words < 12 || std::count(shape.begin(), shape.end(), '#') * 3 > words) continue;
            auto& list = byShape[shape];
            if (list.size() < 20)
                list.push_back({{index, begin, end}, guardedWords(text, language, LineEnds::Join)});
        }
    }
    std::vector<const std::vector<Clause>*> groups;
    for (const auto& [shape, list] : byShape)
        if (list.size() > 1) groups.push_back(&list);
    std::sort(groups.begin(), groups.end(), [](const auto* a, const auto* b) {
        return std::pair((*a)[0].place.document, (*a)[0].place.begin) <
               std::pair((*b)[0].place.document, (*b)[0].place.begin);
    });
    for (const auto* list : groups)
        for (std::size_t i = 1; i < list->size(); ++i)
            if ((*list)[i].guards != (*list)[0].guards &&
                (*list)[i].guards.size() == (*list)[0].guards.size()) {
                std::string difference;
                for (std::size_t k = 0; k < (*list)[i].guards.size() && difference.size() < 80; ++k)
                    if ((*list)[i].guards[k] != (*list)[0].guards[k])
                        difference += (difference.empty() ? "" : ", ") + quoted((*list)[0].guards[k]) +
                                      " and " + quoted((*list)[i].guards[k]);
                sink.hit({(*list)[i].place,
                          "Clause alike but for " + difference,
                          "The two clauses agree word by word but for " + difference + ".",
                          "If both speak of the same thing, they contradict each other.",
                          {{(*list)[0].place, EvidenceRole::Counter}}});
                break;
            }
}

} // namespace

Family clauseChecks() {
    return {
        {{"D12", "Clauses that differ in a word", "Are there clauses alike but for a number or a modal verb?",
          "deviation", Severity::Note, Precision::Note},
         nullptr,
         nearDuplicates}};
}

} // namespace app::checks
