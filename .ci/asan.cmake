# Address and undefined-behaviour sanitizers over everything, tests included.
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1" CACHE STRING "")
set(SANITIZE "address,undefined" CACHE STRING "")
set(BUILD_TESTING ON CACHE BOOL "")
set(WITH_CUDA OFF CACHE STRING "")
