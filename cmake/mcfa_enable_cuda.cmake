# Included by the top-level file, because a language is enabled for the folder that does it and those below. Where mcfa is part of
# another project, that project decides, with project(... LANGUAGES CXX CUDA).
include(CheckLanguage)
if(mcfa_top_level AND MCFA_CUDA)
    check_language(CUDA)
    if(CMAKE_CUDA_COMPILER)
        if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
            set(CMAKE_CUDA_ARCHITECTURES 80-real 90-real 90-virtual) # the last is PTX, for newer GPUs
        endif()
        enable_language(CUDA)
    endif()
endif()
