# mcfa_add_test(<room> SOURCES <file>... [LIBRARIES <target>...])
#
# Builds test_<room> from the sources and adds it to ctest as <room>. tests/main.cpp supplies Boost.Test's main, so a source
# begins with
#     #include <boost/test/unit_test.hpp>
# and defines no BOOST_TEST_MODULE; a room with a source that does has a main of its own. It links mcfa::mcfa; name
# mcfa::eigen or mcfa::image under LIBRARIES where needed. MCFA_TEST_DIR is the room's folder as a string literal, for golden
# values and fixtures. A program that ends with status 77 counts as skipped.
find_package(Boost REQUIRED COMPONENTS unit_test_framework)

option(MCFA_UNITY_TESTS "Compile the tests of a room in few translation units: a shorter build, a longer one after a change" OFF) # ON in all presets but dev

# mcfa_compile_together(<target> [ALONE <file>...]): in batches where MCFA_UNITY_TESTS is on, so that what the sources share is
# compiled once. Helpers whose names another test of the room has too stand inside the test's suite, which is a namespace.
function(mcfa_compile_together target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ALONE")
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${MCFA_UNITY_TESTS} UNITY_BUILD_BATCH_SIZE 6)
    if(arg_ALONE)
        set_source_files_properties(${arg_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
endfunction()

function(mcfa_add_test room)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
        message(FATAL_ERROR "mcfa_add_test(${room}): expected SOURCES and LIBRARIES, found '${arg_UNPARSED_ARGUMENTS}'")
    endif()
    set(main $<TARGET_OBJECTS:mcfa_test_main>)
    set(alone "")
    foreach(source IN LISTS arg_SOURCES)
        cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE place)
        file(STRINGS "${place}" own_main REGEX "define BOOST_TEST_MODULE")
        if(own_main)
            set(main "")
        endif()
        file(STRINGS "${place}" own_memory REGEX "^void\\* operator new")
        if(own_main OR own_memory)
            list(APPEND alone "${source}")
        endif()
    endforeach()
    add_executable(test_${room} ${arg_SOURCES} ${main})
    mcfa_compile_together(test_${room} ALONE ${alone})
    # Tests of a release are compiled at -O1: most of their time would go into compiling them.
    target_compile_options(test_${room} PRIVATE $<$<CONFIG:Release>:-O1>)
    # g++ 12 sees overlap in every `"..." + std::string` (GCC bug 105651), and a mismatch where a test counts allocations.
    target_compile_options(test_${room} PRIVATE
        "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict;-Wno-mismatched-new-delete>")
    target_compile_definitions(test_${room} PRIVATE BOOST_TEST_DYN_LINK MCFA_TEST_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
    target_link_libraries(test_${room} PRIVATE
        mcfa::mcfa ${arg_LIBRARIES} mcfa_build_options Boost::unit_test_framework)
    add_test(NAME ${room} COMMAND test_${room})
    set_tests_properties(${room} PROPERTIES SKIP_RETURN_CODE 77)
endfunction()
