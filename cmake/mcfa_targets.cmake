# The library's targets: one capability each. mcfa::eigen, mcfa::image and mcfa::cuda exist where their dependencies do.

find_package(nlohmann_json 3.10 REQUIRED)
find_package(xtensor 0.24 REQUIRED)

add_library(mcfa INTERFACE)
add_library(mcfa::mcfa ALIAS mcfa)
target_compile_features(mcfa INTERFACE cxx_std_20)
target_include_directories(mcfa ${mcfa_system} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(mcfa INTERFACE nlohmann_json::nlohmann_json xtensor)

# The targets themselves always exist, so that an install is complete wherever it was made;
# only the names under mcfa:: say what can be used here.
add_library(mcfa_eigen INTERFACE)
set_target_properties(mcfa_eigen PROPERTIES EXPORT_NAME eigen)
target_link_libraries(mcfa_eigen INTERFACE mcfa Eigen3::Eigen Threads::Threads)
# The backend divides work itself, in blocks that do not depend on the number of threads; Eigen must not divide it again. Nor may it
# compute small products coefficient by coefficient, whose last bits depend on where the result lies in memory.
target_compile_definitions(mcfa_eigen INTERFACE EIGEN_DONT_PARALLELIZE EIGEN_GEMM_TO_COEFFBASED_THRESHOLD=1)
# errno keeps std::sqrt, and with it the whole of Adam's loop, from becoming vector code.
target_compile_options(mcfa_eigen INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang>:-fno-math-errno>)
find_package(Threads QUIET)
# One after the other, because a package whose rule is "the same major version" fits no range of two.
find_package(Eigen3 3.4 QUIET NO_MODULE)
if(NOT TARGET Eigen3::Eigen)
    find_package(Eigen3 5 QUIET NO_MODULE)
endif()
if(TARGET Eigen3::Eigen AND TARGET Threads::Threads)
    add_library(mcfa::eigen ALIAS mcfa_eigen)
else()
    message(STATUS "mcfa::eigen is left out: it needs Eigen 3.4 or 5 and threads (on Debian: libeigen3-dev)")
endif()

add_library(mcfa_image INTERFACE)
set_target_properties(mcfa_image PROPERTIES EXPORT_NAME image)
target_link_libraries(mcfa_image INTERFACE mcfa mcfa::turbojpeg PNG::PNG Threads::Threads)
include("${CMAKE_CURRENT_LIST_DIR}/mcfa_find_turbojpeg.cmake")
find_package(PNG QUIET)
if(TARGET mcfa::turbojpeg AND TARGET PNG::PNG AND TARGET Threads::Threads)
    add_library(mcfa::image ALIAS mcfa_image)
else()
    message(STATUS "mcfa::image is left out: it needs TurboJPEG and libpng (on Debian: libturbojpeg0-dev libpng-dev)")
endif()

# The weights that come with the library, for `zoo::pretrained`.
set(mcfa_models_dir "${CMAKE_INSTALL_DATADIR}/mcfa/models")
add_library(mcfa_models INTERFACE)
add_library(mcfa::models ALIAS mcfa_models)
set_target_properties(mcfa_models PROPERTIES EXPORT_NAME models)
target_link_libraries(mcfa_models INTERFACE mcfa)
target_compile_definitions(mcfa_models INTERFACE
    "MCFA_MODELS_DIR=\"$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/examples/models>$<INSTALL_INTERFACE:$<INSTALL_PREFIX>/${mcfa_models_dir}>\"")

add_library(mcfa_matlab INTERFACE)
set_target_properties(mcfa_matlab PROPERTIES EXPORT_NAME matlab)
target_link_libraries(mcfa_matlab INTERFACE mcfa_image mcfa::matio)
include("${CMAKE_CURRENT_LIST_DIR}/mcfa_find_matio.cmake")
if(TARGET mcfa::matio AND TARGET mcfa::image)
    add_library(mcfa::matlab ALIAS mcfa_matlab)
else()
    message(STATUS "mcfa::matlab is left out, and data::lfwa with it: it needs libmatio and mcfa::image (on Debian: libmatio-dev)")
endif()

add_library(mcfa_onnx INTERFACE)
set_target_properties(mcfa_onnx PROPERTIES EXPORT_NAME onnx)
target_link_libraries(mcfa_onnx INTERFACE mcfa mcfa::onnx_format)
include("${CMAKE_CURRENT_LIST_DIR}/mcfa_find_onnx.cmake")
if(TARGET mcfa::onnx_format)
    add_library(mcfa::onnx ALIAS mcfa_onnx)
else()
    message(STATUS "mcfa::onnx is left out, and io::save_onnx with it: it needs ONNX and protobuf (on Debian: libonnx-dev libprotobuf-dev)")
endif()

add_library(mcfa_mpi INTERFACE)
set_target_properties(mcfa_mpi PROPERTIES EXPORT_NAME mpi)
target_link_libraries(mcfa_mpi INTERFACE mcfa MPI::MPI_CXX Threads::Threads)
include("${CMAKE_CURRENT_LIST_DIR}/mcfa_find_mpi.cmake")
if(TARGET MPI::MPI_CXX AND TARGET Threads::Threads)
    add_library(mcfa::mpi ALIAS mcfa_mpi)
else()
    message(STATUS "mcfa::mpi is left out, and comm::mpi with it: it needs MPI 3.1 (on Debian: libopenmpi-dev openmpi-bin, or libmpich-dev mpich)")
endif()

add_library(mcfa_nccl INTERFACE)
set_target_properties(mcfa_nccl PROPERTIES EXPORT_NAME nccl)
target_link_libraries(mcfa_nccl INTERFACE mcfa mcfa::nccl_library Threads::Threads)
if(MCFA_CUDA)
    include("${CMAKE_CURRENT_LIST_DIR}/mcfa_find_nccl.cmake")
endif()
if(TARGET mcfa::nccl_library AND TARGET Threads::Threads)
    add_library(mcfa::nccl ALIAS mcfa_nccl)
else()
    message(STATUS "mcfa::nccl is left out, and comm::nccl with it: it needs the CUDA Toolkit and NCCL")
endif()

# The user's own files stay plain C++; kernels.cu, for nvcc, comes along as a source of whatever links mcfa::cuda.
add_library(mcfa_cuda INTERFACE)
set_target_properties(mcfa_cuda PROPERTIES EXPORT_NAME cuda)
target_sources(mcfa_cuda INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include/mcfa/backend/cuda/kernels.cu>
    $<INSTALL_INTERFACE:$<INSTALL_PREFIX>/${CMAKE_INSTALL_INCLUDEDIR}/mcfa/backend/cuda/kernels.cu>)
target_compile_options(mcfa_cuda INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20> $<$<COMPILE_LANGUAGE:CUDA>:--expt-relaxed-constexpr>)
target_link_libraries(mcfa_cuda INTERFACE mcfa $<TARGET_NAME_IF_EXISTS:mcfa::cudnn> CUDA::cublasLt CUDA::cudart_static)
if(CMAKE_CUDA_COMPILER_LOADED)
    find_package(CUDAToolkit 12.4 QUIET)
endif()
if(CUDAToolkit_FOUND AND TARGET CUDA::cublasLt AND TARGET CUDA::cudart_static)
    include("${CMAKE_CURRENT_LIST_DIR}/mcfa_find_cudnn.cmake")
    add_library(mcfa::cuda ALIAS mcfa_cuda)
    if(TARGET mcfa::cudnn)
        message(STATUS "mcfa::cuda: CUDA ${CUDAToolkit_VERSION}, convolutions by cuDNN ${mcfa_cudnn_major}")
    else()
        message(STATUS "mcfa::cuda: CUDA ${CUDAToolkit_VERSION}; no cuDNN 9 is found, so convolutions are products of matrices by cuBLASLt")
    endif()
else()
    message(STATUS "mcfa::cuda is left out: it needs the CUDA Toolkit 12.4 with cuBLASLt, and CUDA among the project's languages")
endif()
