// The walls this process builds around itself before it touches a byte of the PDF: nothing but its two descriptors,
// limits on memory, processor time and files, no new privileges, death with its parent, Landlock (only fonts and
// Poppler's character maps can be opened, read-only) and a seccomp list of the system calls that reading a PDF needs.
// Source: reliability.md R1, R2, R10. Landlock and seccomp are optional (old kernels); the reply says which held.
#pragma once

#include <cstdint>

namespace pdfhelper {

struct Limits {
    std::uint64_t memoryBytes = 512ull << 20; // beside the mapped file
    std::uint64_t fileBytes = 0;
    unsigned cpuSeconds = 20;
    unsigned cpuCeiling = 20;                 // grantSeconds never goes beyond
    int parent = 0;                           // process id that must still be our parent
};

// Returns the bits of ingest::pdf::SandboxBit that could be had; ends the process where a basic limit is refused.
std::uint8_t closeTheDoor(const Limits& limits);
// Moves the processor-time limit: `seconds` since the process began.
void grantSeconds(unsigned seconds, unsigned ceiling);

} // namespace pdfhelper
