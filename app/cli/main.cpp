// The process around the command line: streams, signals, exit code.
#include "app/cli/command.h"
#include "app/report/export_pdf.h"

#include <QCoreApplication>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace {

int signalPipe[2] = {-1, -1};

void onSignal(int number) {
    const int kept = errno;
    const char byte = char(number);
    (void)!::write(signalPipe[1], &byte, 1);
    errno = kept;
}

} // namespace

int main(int argc, char** argv) {
    // Only a PDF needs Qt Gui; everything else starts without it.
    bool exports = false, prints = false;
    for (int i = 1; i < argc; ++i) {
        exports |= std::string_view(argv[i]) == "export";
        prints |= std::string_view(argv[i]).find("pdf") != std::string_view::npos;
    }
    const auto application = exports && prints ? app::printingApplication(argv[0]) : std::make_unique<QCoreApplication>(argc, argv);
    std::ios::sync_with_stdio(false);
    std::signal(SIGPIPE, SIG_IGN); // a closed stdout is an error of one write, not the end of a paid run
    std::stop_source stop;
    volatile int received = 0;
    if (::pipe(signalPipe) == 0) {
        struct sigaction action {};
        action.sa_handler = onSignal;
        action.sa_flags = SA_RESTART;
        sigaction(SIGINT, &action, nullptr);
        sigaction(SIGTERM, &action, nullptr);
        // The first signal asks everything to stop and keep what was done; the second ends the process at once.
        std::thread([&stop, &received] {
            char number = 0;
            for (int count = 0; ::read(signalPipe[0], &number, 1) == 1; ++count) {
                if (count > 0)
                    ::_exit(128 + number);
                received = number;
                stop.request_stop();
            }
        }).detach();
    }
    app::cli::Streams streams;
    streams.out = &std::cout;
    streams.err = &std::cerr;
    streams.in = &std::cin;
    streams.outIsTerminal = ::isatty(STDOUT_FILENO);
    streams.errIsTerminal = ::isatty(STDERR_FILENO);
    streams.inIsTerminal = ::isatty(STDIN_FILENO);
    const int code = app::cli::runCommandLine({argv + 1, argv + argc}, streams, stop.get_token());
    std::cout.flush();
    std::cerr.flush();
    const int result = code == 130 && received == SIGTERM ? 128 + SIGTERM : code;
    // The signal thread still reads its pipe and borrows `stop`: leave without unwinding under it.
    std::_Exit(result);
}
