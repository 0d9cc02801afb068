// The sampler: greedy with ties, the same draws for the same seed, top-p's border, frequencies that follow the softmax,
// and not one value that is no number.

#include "engine/sampler.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace engine;

class SamplerTest : public QObject {
    Q_OBJECT

private slots:
    void greedyTakesTheLowestIdOfTheBest() {
        Sampler sampler({});
        QCOMPARE(sampler.next(std::vector<float>{1, 3, 3, 2}), TokenId(1));
        QCOMPARE(sampler.next(std::vector<float>{-1e30f, -2e30f}), TokenId(0));
    }

    void seedsRepeat() {
        const std::vector<float> logits{1, 2, 3, 2, 1, 0};
        std::vector<TokenId> first, second, other;
        for (auto* run : {&first, &second}) {
            Sampler sampler({1.0, 0.9, 7});
            for (int i = 0; i < 200; ++i) run->push_back(sampler.next(logits));
        }
        Sampler sampler({1.0, 0.9, 8});
        for (int i = 0; i < 200; ++i) other.push_back(sampler.next(logits));
        QCOMPARE(first, second);
        QVERIFY(first != other);
    }

    void frequenciesFollowTheSoftmax() {
        const std::vector<float> logits{0, 1, 2};
        double total = 0;
        for (const float logit : logits) total += std::exp(logit / 0.8);
        std::vector<int> counts(3);
        Sampler sampler({0.8, 1, 3});
        constexpr int draws = 40000;
        for (int i = 0; i < draws; ++i) ++counts[static_cast<std::size_t>(sampler.next(logits))];
        for (std::size_t i = 0; i < 3; ++i)
            QVERIFY(std::abs(counts[i] / double(draws) - std::exp(logits[i] / 0.8) / total) < 0.01);
    }

    void topPKeepsTheNucleus() {
        // Shares 0.5, 0.25, 0.125, 0.125.
        const std::vector<float> logits{std::log(2.f), std::log(4.f), std::log(1.f), std::log(1.f)};
        Sampler sampler({1, 0.7, 1});
        std::vector<int> counts(4);
        for (int i = 0; i < 20000; ++i) ++counts[static_cast<std::size_t>(sampler.next(logits))];
        QCOMPARE(counts[2] + counts[3], 0);
        QVERIFY(std::abs(counts[1] / 20000.0 - 2.0 / 3) < 0.015);
        Sampler narrow({1, 0, 1});
        for (int i = 0; i < 100; ++i) QCOMPARE(narrow.next(logits), TokenId(1));
    }

    void forbiddenAndAllowed() {
        Sampler sampler({});
        sampler.forbid(std::vector<TokenId>{1, -5, 700});
        const std::vector<float> logits{1, 9, 5, 2};
        QCOMPARE(sampler.next(logits), TokenId(2));
        QCOMPARE(sampler.next(logits, std::vector<TokenId>{0, 3}), TokenId(3));
        QCOMPARE(sampler.next(logits, std::vector<TokenId>{1}), TokenId(1)); // asked for by name
        QVERIFY_EXCEPTION_THROWN(sampler.next(logits, std::vector<TokenId>{99}), std::runtime_error);
        sampler.forbid(std::vector<TokenId>{0, 2, 3});
        QVERIFY_EXCEPTION_THROWN(sampler.next(logits), std::runtime_error);
    }

    void nothingThatIsNoNumber() {
        for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                                -std::numeric_limits<float>::infinity()})
            for (std::size_t at = 0; at < 5; ++at) {
                std::vector<float> logits(5, 1.f);
                logits[at] = bad;
                Sampler sampler({1, 0.9, 0});
                QVERIFY_EXCEPTION_THROWN(sampler.next(logits), NotFinite);
                // Not even where the value could not be chosen.
                QVERIFY_EXCEPTION_THROWN(sampler.next(logits, std::vector<TokenId>{TokenId(at == 0 ? 1 : 0)}), NotFinite);
            }
    }
};

QTEST_GUILESS_MAIN(SamplerTest)
#include "tst_sampler.moc"
