# Every day's configuration: quick to build, warnings shown, tests on.  cmake -C .ci/dev.cmake -B build-dev -G Ninja
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1" CACHE STRING "")
set(BUILD_TESTING ON CACHE BOOL "")
set(WITH_CUDA OFF CACHE STRING "") # nvcc takes minutes: .ci/cuda.cmake
