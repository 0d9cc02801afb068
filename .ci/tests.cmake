# What tests/run builds: optimised (the kernels are what is tested), no debug information, assertions on.
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2" CACHE STRING "")
set(BUILD_TESTING ON CACHE BOOL "")
set(CMAKE_CUDA_FLAGS_RELWITHDEBINFO "-O2" CACHE STRING "")
