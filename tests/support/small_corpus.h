// A Corpus from strings, for tests of what is made of one.
#pragma once

#include "ingest/corpus.h"
#include "ingest/kind.h"

#include <QCryptographicHash>

#include <memory>
#include <string>
#include <utility>
#include <vector>

inline std::string sha256Of(const std::string& text) {
    return QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Sha256)
        .toHex()
        .toStdString();
}

inline std::shared_ptr<const ingest::Corpus>
corpusOf(const std::vector<std::pair<std::string, std::string>>& files,
         const std::vector<ingest::Skipped>& skipped = {}) {
    ingest::CorpusBuilder builder;
    for (const auto& [path, text] : files)
        builder.add(std::make_shared<ingest::Document>(
            path, ingest::kindOf(path, std::string_view(text).substr(0, 200)), text, sha256Of(text),
            text.size()));
    for (const ingest::Skipped& one : skipped) builder.skip(one);
    builder.subject({"folder", "test", "/nowhere", "", false});
    return builder.build();
}
