# Headers, CMake package (one export per component, so that each can be found without the others' dependencies), pkg-config.
include(CMakePackageConfigHelpers)

set(mcfa_config_dir "${CMAKE_INSTALL_DATADIR}/cmake/mcfa")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/mcfa" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
# The weights have terms of their own, which their card states; it lies beside them.
install(FILES "${PROJECT_SOURCE_DIR}/examples/models/slim.safetensors" "${PROJECT_SOURCE_DIR}/examples/models/finder.safetensors"
    "${PROJECT_SOURCE_DIR}/examples/models/README.md"
    DESTINATION "${mcfa_models_dir}")
install(FILES "${PROJECT_SOURCE_DIR}/docs/learning_curves.py" DESTINATION "${CMAKE_INSTALL_DATADIR}/mcfa")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/mcfa")
foreach(target mcfa mcfa_models mcfa_eigen mcfa_image mcfa_matlab mcfa_onnx mcfa_mpi mcfa_nccl mcfa_cuda)
    install(TARGETS ${target} EXPORT ${target}_targets)
    install(EXPORT ${target}_targets NAMESPACE mcfa:: DESTINATION "${mcfa_config_dir}")
endforeach()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/mcfa-config.cmake.in" "${PROJECT_BINARY_DIR}/mcfa-config.cmake"
    INSTALL_DESTINATION "${mcfa_config_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/mcfa-config-version.cmake"
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT) # before 1.0 a minor version may break its users
install(FILES "${PROJECT_BINARY_DIR}/mcfa-config.cmake" "${PROJECT_BINARY_DIR}/mcfa-config-version.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/mcfa_embed.cmake" "${PROJECT_SOURCE_DIR}/cmake/mcfa_x86.cmake" "${PROJECT_SOURCE_DIR}/cmake/mcfa_vector_hint.cmake" "${PROJECT_SOURCE_DIR}/cmake/mcfa_find_cudnn.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/mcfa_find_turbojpeg.cmake" "${PROJECT_SOURCE_DIR}/cmake/mcfa_find_matio.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/mcfa_find_onnx.cmake" "${PROJECT_SOURCE_DIR}/cmake/mcfa_find_mpi.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/mcfa_find_nccl.cmake" DESTINATION "${mcfa_config_dir}")

foreach(name mcfa mcfa-eigen mcfa-image)
    configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig")
endforeach()
