// A report on paper: the HTML that renderPrintHtml writes (export.h) laid out on A4 with page numbers, live links,
// embedded fonts and bookmarks for its headings. The one file of app that uses Qt Gui: the caller must have created a
// QGuiApplication (the command line starts it with the "offscreen" platform just for this). Any one thread at a time.
// The file appears whole or not at all: written beside its place, synced, renamed.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

class QCoreApplication;

namespace app {

// `title` goes into the file's properties and the foot of every page. Nothing is loaded: pictures other than data:
// URLs and all other references are left out. Throws std::runtime_error that names `out` and the cause.
void exportPdf(const std::string& html, const std::filesystem::path& out, const std::string& title);

// The application object of a program without a window that is going to print: Qt Gui on the "offscreen" platform.
std::unique_ptr<QCoreApplication> printingApplication(char* program);

} // namespace app
