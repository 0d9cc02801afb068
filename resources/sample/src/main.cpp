// SPDX-License-Identifier: MIT
//
// tideline: reads one gauge until it is told to stop.
#include "tideline/alarm.h"
#include "tideline/filter.h"
#include "tideline/spool.h"
#include "tideline/station.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <fstream>
#include <string>
#include <thread>

namespace {

volatile std::sig_atomic_t stopped = 0;

void onSignal(int) {
    stopped = 1;
}

struct Options {
    std::string station;
    std::string spool = "/var/spool/tideline";
    int interval = 600;
    bool verbose = false;
};

/// Reads the command line.
/// @return false if something on it is not understood
bool parse(int argc, char** argv, Options& options) {
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        const bool more = i + 1 < argc;
        if (argument == "--station" && more)
            options.station = argv[++i];
        else if (argument == "--interval" && more)
            options.interval = std::atoi(argv[++i]);
        else if (argument == "--spool" && more)
            options.spool = argv[++i];
        else if (argument == "--verbose")
            options.verbose = true;
        else
            return false;
    }
    return !options.station.empty() && options.interval > 0;
}

void report(const std::string& message) {
    std::fprintf(stderr, message.c_str());
    std::fputc('\n', stderr);
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    if (!parse(argc, argv, options)) {
        report("usage: tideline --station NAME [--interval SECONDS] [--spool DIR] [--verbose]");
        return 2;
    }
    std::signal(SIGTERM, onSignal);
    std::signal(SIGINT, onSignal);

    const tideline::Station station = tideline::stationNamed(options.station);
    std::ifstream sensor(station.device);
    if (!sensor) {
        report("cannot read " + station.device);
        return 1;
    }
    try {
        tideline::Spool spool(options.spool);
        tideline::Despiker despiker(0.05, 30);
        tideline::AlarmWatch alarms{station.limits, false, {}};
        std::string line;
        while (!stopped && std::getline(sensor, line)) {
            tideline::Reading reading;
            if (!tideline::parseLine(line, station, reading))
                continue;
            reading.time = std::time(nullptr);
            despiker.accept(reading);
            alarms.watch(reading);
            if (!spool.append(reading))
                report("the disk is full");
            for (const tideline::AlarmEvent& event : alarms.take())
                report(tideline::AlarmWatch::describe(event));
            if (options.verbose)
                std::printf("%.3f m\n", reading.level);
            std::this_thread::sleep_for(std::chrono::seconds(options.interval));
        }
    } catch (const std::exception& error) {
        report(error.what());
        return 1;
    }
    return 0;
}
