// Prints the agreement of the bundled sample: resources/sample_agreement.html becomes
// resources/sample/docs/service-agreement.pdf, the same bytes on every run with the same Qt and fonts (fonts-dejavu).
//   ninja -C build bench_make_sample && build/bin/bench_make_sample SOURCE.html OUT.pdf
#include "app/report/export_pdf.h"

#include <QtGui/QGuiApplication>

#include <cstdio>
#include <exception>
#include <fstream>
#include <sstream>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s SOURCE.html OUT.pdf\n", argv[0]);
        return 2;
    }
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("QT_HASH_SEED", "0");
    QGuiApplication application(argc, argv);
    try {
        std::ifstream source(argv[1]);
        std::ostringstream html;
        html << source.rdbuf();
        app::exportPdf(html.str(), argv[2], "Service Agreement NPA-2026-017");
        std::ifstream printed(argv[2], std::ios::binary);
        std::ostringstream bytes;
        bytes << printed.rdbuf();
        // The date of printing is the one thing that differs between runs; the day of signing takes its place.
        std::string pdf = bytes.str();
        const std::size_t date = pdf.find("/CreationDate (D:");
        if (date == std::string::npos)
            throw std::runtime_error("Qt wrote no date where one was expected.");
        pdf.replace(date + 17, 14, "20260312090000");
        std::ofstream(argv[2], std::ios::binary) << pdf;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
