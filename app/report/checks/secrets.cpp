// C07: secrets by the shape their issuers give them, and by name and entropy. Evidence shows where the secret
// is and its first four characters, never the rest. Formats are facts of public documentation of the issuers.
#include "app/report/checks/check.h"

#include "app/report/text_folding.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace app {

namespace {

struct SecretRule {
    const char* name;
    const char* hint; // literal that must occur, so that most texts are never matched at all
    const char* expression;
};

// The secret is group 1 where there is one, else the whole match.
constexpr SecretRule rules[] = {
    {"AWS access key", "A", R"(\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b)"},
    {"AWS secret key", "aws",
     R"((?i:aws)[A-Za-z_.\-]{0,20}(?i:secret|key)[A-Za-z_.\-]{0,20}["']?\s*[:=]{1,2}>?\s*["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=]))"},
    {"GitHub token", "gh", R"(\b(gh[pousr]_[A-Za-z0-9]{36,251})\b)"},
    {"GitHub fine-grained token", "github_pat_", R"(\b(github_pat_[A-Za-z0-9_]{60,90})\b)"},
    {"GitLab token", "gl",
     R"(\b((?:glpat|gldt|glrt|glcbt|glptt|glft|glimt|glagent|gloas|glsoat)-[A-Za-z0-9_\-]{20,60})(?![A-Za-z0-9_]))"},
    {"Slack token", "xox", R"(\b(xox[abeoprs]-[A-Za-z0-9-]{10,200}))"},
    {"Slack app token", "xapp-", R"(\b(xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]{20,}))"},
    {"Slack webhook", "hooks.slack.com",
     R"((https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9+/]{40,60}))"},
    {"Discord webhook", "discord",
     R"((https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/webhooks/\d{15,20}/[A-Za-z0-9_\-]{50,80}))"},
    {"Stripe key", "_", R"(\b((?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{16,200})\b)"},
    {"Stripe webhook secret", "whsec_", R"(\b(whsec_[A-Za-z0-9+/]{24,80}))"},
    {"Google API key", "AIza", R"(\b(AIza[A-Za-z0-9_\-]{35})(?![A-Za-z0-9_\-]))"},
    {"Google OAuth secret", "GOCSPX-", R"(\b(GOCSPX-[A-Za-z0-9_\-]{28})(?![A-Za-z0-9_\-]))"},
    {"Google OAuth token", "ya29.", R"(\b(ya29\.[A-Za-z0-9_\-]{30,}))"},
    {"OpenAI key", "sk-",
     R"(\b(sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_\-]{16,160}T3BlbkFJ[A-Za-z0-9_\-]{16,160}))"},
    {"Anthropic key", "sk-ant-", R"(\b(sk-ant-[a-z]{2,10}\d{2}-[A-Za-z0-9_\-]{80,120}))"},
    {"API key", "sk-", R"(\b(sk-(?:or-v1-)?[a-f0-9]{32,64})\b)"},
    {"Hugging Face token", "hf_", R"(\b(hf_[A-Za-z]{34})\b)"},
    {"Replicate token", "r8_", R"(\b(r8_[A-Za-z0-9]{37})\b)"},
    {"Groq key", "gsk_", R"(\b(gsk_[A-Za-z0-9]{52})\b)"},
    {"Perplexity key", "pplx-", R"(\b(pplx-[A-Za-z0-9]{48})\b)"},
    {"npm token", "npm_", R"(\b(npm_[A-Za-z0-9]{36})\b)"},
    {"PyPI token", "pypi-", R"(\b(pypi-AgE[A-Za-z0-9_\-]{50,}))"},
    {"RubyGems key", "rubygems_", R"(\b(rubygems_[a-f0-9]{48})\b)"},
    {"crates.io token", "cio", R"(\b(cio[A-Za-z0-9]{32})\b)"},
    {"Docker Hub token", "dckr_pat_", R"(\b(dckr_(?:pat|oat)_[A-Za-z0-9_\-]{27,40}))"},
    {"SendGrid key", "SG.", R"(\b(SG\.[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43})(?![A-Za-z0-9_\-]))"},
    {"Mailgun key", "key-", R"(\b(key-[a-f0-9]{32})\b)"},
    {"Mailchimp key", "-us", R"(\b([a-f0-9]{32}-us\d{1,2})\b)"},
    {"Twilio key", "SK", R"(\b(SK[a-f0-9]{32})\b)"},
    {"Square token", "sq0", R"(\b(sq0(?:atp|csp|idp)-[A-Za-z0-9_\-]{22,43})(?![A-Za-z0-9_\-]))"},
    {"Shopify token", "shp", R"(\b(shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})\b)"},
    {"DigitalOcean token", "do", R"(\b(do[opr]_v1_[a-f0-9]{64})\b)"},
    {"Heroku key", "HRKU-", R"(\b(HRKU-[A-Za-z0-9_\-]{36,60}))"},
    {"Databricks token", "dapi", R"(\b(dapi[a-f0-9]{32}(?:-\d)?)\b)"},
    {"Linear key", "lin_api_", R"(\b(lin_api_[A-Za-z0-9]{40})\b)"},
    {"Notion token", "ntn_", R"(\b(ntn_[A-Za-z0-9]{46})\b)"},
    {"Figma token", "figd_", R"(\b(figd_[A-Za-z0-9_\-]{40}))"},
    {"Postman key", "PMAK-", R"(\b(PMAK-[a-f0-9]{24}-[a-f0-9]{34})\b)"},
    {"New Relic key", "NRAK-", R"(\b(NRAK-[A-Z0-9]{27})\b)"},
    {"Grafana token", "gl", R"(\b(gl(?:sa|c)_[A-Za-z0-9+/_=]{32,200}))"},
    {"Sentry token", "sntrys_", R"(\b(sntrys_[A-Za-z0-9+/=_]{60,300}))"},
    {"Terraform token", ".atlasv1.", R"(\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=\-]{60,70}))"},
    {"Vault token", "hvs.", R"(\b(hvs\.[A-Za-z0-9_\-]{24,200}))"},
    {"Doppler token", "dp.", R"(\b(dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_\-.]{40,60}))"},
    {"PlanetScale token", "pscale_", R"(\b(pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_\-.=]{32,64}))"},
    {"Supabase key", "sbp_", R"(\b(sbp_[a-f0-9]{40})\b)"},
    {"Telegram bot token", ":AA", R"(\b(\d{8,10}:AA[A-Za-z0-9_\-]{32,33})(?![A-Za-z0-9_\-]))"},
    {"Azure storage key", "AccountKey=", R"(AccountKey=([A-Za-z0-9+/]{86}==))"},
    {"Azure client secret", "8Q~", R"(\b([A-Za-z0-9_~.\-]{3}8Q~[A-Za-z0-9_~.\-]{31,34})(?![A-Za-z0-9_~\-]))"},
    {"JSON web token", "eyJ", R"(\b(eyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{20,}))"},
    {"age secret key", "AGE-SECRET-KEY-1", R"(\b(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})\b)"},
    {"private key", "PRIVATE KEY",
     R"(-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s|[A-Za-z0-9+/=:,\-"'\\]){40,}?(?:-----END|\z))"},
    {"password in a URL", "://",
     R"(\b[a-z][a-z0-9+.\-]{1,20}://[^\s/:@"'<>{}$%]{1,60}:([^\s/@:"'<>{}$%]{6,80})@[A-Za-z0-9.\-]+)"},
    {"bearer token", "earer",
     R"([Aa]uthorization["']?\s*[:=]\s*["']?[Bb]earer\s+([A-Za-z0-9_\-.=]{24,400}))"},
    {"basic credentials", "asic",
     R"([Aa]uthorization["']?\s*[:=]\s*["']?[Bb]asic\s+([A-Za-z0-9+/]{16,200}={0,2}))"},
    {"npm credentials", "_authToken", R"(_authToken\s*=\s*([A-Za-z0-9_\-]{20,100}))"},
};

const Pattern& assignments() {
    static const Pattern pattern(
        R"re(\b([A-Za-z0-9_.\-]{0,40}(?:password|passwd|pwd|secret|token|api_?key|apikey|access_?key|private_?key|client_?secret|auth_?key|credentials?)[A-Za-z0-9_\-]{0,20})["']?\]?\s*(?::=|=>|=|:)\s*(["'])([^"'\s\\]{8,120})\2)re",
        Letters::AnyCase);
    return pattern;
}

const Pattern& environment() {
    static const Pattern pattern(
        R"re(^(?:export\s+)?([A-Z][A-Z0-9_]{0,60}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY)[A-Z0-9_]{0,20})=([^\s"'#$]{12,200})$)re");
    return pattern;
}

double entropy(std::string_view text) {
    std::array<int, 256> count{};
    for (const char c : text) ++count[static_cast<unsigned char>(c)];
    double bits = 0;
    for (const int n : count)
        if (n > 0) {
            const double p = static_cast<double>(n) / static_cast<double>(text.size());
            bits -= p * std::log2(p);
        }
    return bits;
}

// "your-token-here", "xxxxxxxx", "${TOKEN}", "AKIAIOSFODNN7EXAMPLE": shown to be replaced.
bool isPlaceholder(std::string_view secret) {
    static const Pattern words(
        R"(example|sample|placeholder|your[_\-]?|changeme|change[_\-]me|replace|insert|redacted|dummy|fake|foobar|lorem|xxxx|\*\*\*|\.\.\.|<[a-z]|\$\{|\{\{|%\(|1234567890|abcdef0123|0123456789abcdef|deadbeef|not[_\-]?a[_\-]?real|todo|secret[_\-]?here)",
        Letters::AnyCase);
    if (words.matches(secret)) return true;
    std::array<bool, 256> seen{};
    int different = 0;
    for (const char c : secret)
        if (!seen[static_cast<unsigned char>(c)]) {
            seen[static_cast<unsigned char>(c)] = true;
            ++different;
        }
    return different < 6;
}

// "https://user:password@host" shows a form.
bool isWordForPassword(std::string_view secret) {
    static const Pattern word(R"(\A(?:my|the|some)?[_\-]?(?:pass|passw|passwd|password|passphrase|secret|token|pwd)[_\-]?\d{0,3}\z)",
                              Letters::AnyCase);
    return word.matches(secret);
}

// A generic value must look random: mixed classes and many bits; words, paths and identifiers are not.
bool looksRandom(std::string_view value) {
    bool lower = false, upper = false, digit = false, other = false;
    for (const char c : value) {
        lower = lower || (c >= 'a' && c <= 'z');
        upper = upper || (c >= 'A' && c <= 'Z');
        digit = digit || (c >= '0' && c <= '9');
        other = other || !(isWordCharacter(static_cast<unsigned char>(c)));
    }
    if (value.find("://") != std::string_view::npos || value.find('/') == 0 ||
        value.find("::") != std::string_view::npos || value.find('(') != std::string_view::npos ||
        value.find('<') != std::string_view::npos || value.find('{') != std::string_view::npos)
        return false;
    const int classes = lower + upper + digit + other;
    if (value.size() >= 16) return classes >= 2 && digit && entropy(value) >= 3.3;
    return classes >= 3 && digit && entropy(value) >= 2.9;
}

struct CompiledRules {
    std::vector<std::unique_ptr<Pattern>> patterns;
    CompiledRules() {
        for (const SecretRule& rule : rules) patterns.push_back(std::make_unique<Pattern>(rule.expression));
    }
};

} // namespace

std::vector<SecretRange> findSecrets(std::string_view text) {
    static const CompiledRules compiled;
    std::vector<SecretRange> found;
    PatternMatch match;
    const auto range = [&](std::string_view secret, const char* name) {
        const auto begin = static_cast<std::size_t>(secret.data() - text.data());
        found.push_back({begin, begin + secret.size(), name});
    };
    for (std::size_t i = 0; i < std::size(rules); ++i) {
        if (text.find(rules[i].hint) == std::string_view::npos &&
            !(std::string_view(rules[i].hint) == "aws" && text.find("AWS") != std::string_view::npos))
            continue;
        for (std::size_t from = 0; compiled.patterns[i]->next(text, from, match);) {
            const std::string_view secret = match.groups[1].empty() ? match.groups[0] : match.groups[1];
            if (!isPlaceholder(secret) && !isWordForPassword(secret)) range(secret, rules[i].name);
        }
    }
    for (std::size_t from = 0; assignments().next(text, from, match);)
        if (!isPlaceholder(match.groups[3]) && looksRandom(match.groups[3]))
            range(match.groups[3], "secret by its name");
    for (std::size_t from = 0; environment().next(text, from, match);)
        if (!isPlaceholder(match.groups[2]) && looksRandom(match.groups[2]))
            range(match.groups[2], "secret by its name");
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.begin < b.begin; });
    std::vector<SecretRange> result;
    for (SecretRange& one : found) {
        if (!result.empty() && one.begin < result.back().end)
            result.back().end = std::max(result.back().end, one.end);
        else
            result.push_back(std::move(one));
    }
    return result;
}

std::string maskSecrets(std::string_view text, std::vector<std::string>* removed) {
    const auto found = findSecrets(text);
    std::string result;
    std::size_t at = 0;
    for (const SecretRange& one : found) {
        result += text.substr(at, one.begin - at);
        result += "[secret removed: " + one.rule + "]";
        at = one.end;
        if (removed) removed->push_back(one.rule);
    }
    return result + std::string(text.substr(at));
}

std::vector<TextHit> scanSecrets(const ingest::Corpus& corpus, std::stop_token stop) {
    std::vector<TextHit> hits;
    for (std::uint32_t i = 0; i < corpus.documents().size() && !stop.stop_requested(); ++i)
        for (SecretRange& one : findSecrets(corpus.document(i).text()))
            hits.push_back({{i, one.begin, one.end}, std::move(one.rule)});
    return hits;
}

namespace checks {

namespace {

void secrets(const FileView& file, Sink& sink) {
    for (const SecretRange& one : findSecrets(file.text)) {
        const Place line = lineOf(file, one.begin);
        std::size_t end = std::min(one.begin + 4, one.end);
        while (end < file.text.size() && (static_cast<unsigned char>(file.text[end]) & 0xC0) == 0x80) ++end;
        // What stands before it on the line, itself free of other secrets, and four characters.
        Place site{file.index, std::max(line.begin, one.begin > 60 ? one.begin - 60 : 0), end};
        while (site.begin < one.begin && (static_cast<unsigned char>(file.text[site.begin]) & 0xC0) == 0x80)
            ++site.begin;
        for (const SecretRange& other :
             findSecrets(std::string_view(file.text).substr(site.begin, one.begin - site.begin)))
            site.begin += other.end;
        Hit hit{site, "Secret in the text: " + one.rule,
                "A " + one.rule + " of " + std::to_string(one.end - one.begin) +
                    " bytes is written here; only its first characters are shown.",
                "Whoever reads the file can use it; it has to be revoked, not only deleted."};
        hit.contextLines = -1;
        hit.severity =
            static_cast<int>(one.rule == "secret by its name" ? (file.test ? Severity::Low : Severity::Medium)
                             : file.test                      ? Severity::Medium
                                                              : Severity::High);
        sink.hit(std::move(hit));
    }
}

} // namespace

Family secretChecks() {
    return {{{"C07", "Secrets", "Are there keys, tokens or passwords in the text?", "secret", Severity::High,
              Precision::Finding},
             secrets}};
}

} // namespace checks

} // namespace app
