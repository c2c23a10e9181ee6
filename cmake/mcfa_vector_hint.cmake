# Told once per configure run to those who use mcfa::eigen and compile for the oldest processor of their architecture.
if(TARGET mcfa::eigen AND NOT MCFA_NATIVE AND NOT mcfa_FIND_QUIETLY
   AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64"
   AND NOT "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_RELEASE}" MATCHES "-march=|-mavx")
    message(STATUS "mcfa::eigen: without -march=native or -mavx2 -mfma -mf16c it takes more than twice as long; "
                   "set one of them in CMAKE_CXX_FLAGS for every file of your program")
endif()
