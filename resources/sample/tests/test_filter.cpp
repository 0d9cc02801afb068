// SPDX-License-Identifier: MIT
#include "tideline/filter.h"

#include <cstdio>

namespace {

int failures = 0;

void expect(bool condition, const char* what) {
    if (condition)
        return;
    ++failures;
    std::printf("FAIL %s\n", what);
}

tideline::Reading at(int minute, double level) {
    tideline::Reading reading;
    reading.time = minute * 60;
    reading.level = level;
    return reading;
}

} // namespace

int main() {
    tideline::Despiker despiker(0.05, 30);

    tideline::Reading first = at(0, 2.10);
    expect(despiker.accept(first), "the first reading is believed");

    tideline::Reading rising = at(10, 2.35);
    expect(despiker.accept(rising), "a rising tide is believed");

    tideline::Reading spike = at(20, 7.90);
    expect(!despiker.accept(spike), "a jump of five metres is not");

    expect(despiker.rejected() == 1, "one reading was rejected");
    return failures;
}
