# The GPU machine: engine and kernels alone, no Qt, no libgit2, no Poppler, no SQLite.
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
set(WITH_APP OFF CACHE BOOL "")
set(WITH_UI OFF CACHE BOOL "")
set(WITH_CUDA ON CACHE STRING "")
set(BUILD_TESTING ON CACHE BOOL "")
