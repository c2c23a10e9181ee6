# MPI::MPI_CXX, MPI 3.1 without its old C++ bindings; on Debian libopenmpi-dev or libmpich-dev.
if(NOT TARGET MPI::MPI_CXX)
    set(MPI_CXX_SKIP_MPICXX ON)
    find_package(MPI 3.1 QUIET COMPONENTS CXX)
endif()
