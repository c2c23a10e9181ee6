# Options of what this project builds for itself; nothing of it reaches those who use the library.
include(CheckCXXCompilerFlag)

if(NOT TARGET mcfa::eigen OR NOT TARGET mcfa::image)
    message(FATAL_ERROR "The tests, examples and benchmarks need mcfa::eigen and mcfa::image; the lines above say what is missing. "
                        "For the library alone: -DMCFA_BUILD_TESTS=OFF -DMCFA_BUILD_EXAMPLES=OFF -DMCFA_BUILD_BENCHMARKS=OFF")
endif()

add_library(mcfa_build_options INTERFACE)
target_compile_options(mcfa_build_options INTERFACE
    "$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;$<$<BOOL:${MCFA_WARNINGS_AS_ERRORS}>:-Werror>>"
    "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra;-Werror=all-warnings>")
if(MCFA_NATIVE)
    check_cxx_compiler_flag(-march=native mcfa_has_march_native)
    if(mcfa_has_march_native)
        target_compile_options(mcfa_build_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-march=native>)
    endif()
endif()

# kernels.cu takes long to compile, so what is built here compiles it once; users link mcfa::cuda.
if(TARGET mcfa::cuda)
    add_library(mcfa_cuda_once STATIC)
    target_link_libraries(mcfa_cuda_once PUBLIC mcfa::mcfa PRIVATE mcfa::cuda mcfa_build_options)
endif()
