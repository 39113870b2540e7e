# What `cmake --install` adds to program, plugins and SDK, and how cpack makes a Debian package of it all.
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(FILES README.md HACKING.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dragoman)
set(CPACK_PACKAGE_VENDOR "The dragoman authors")
set(CPACK_PACKAGE_CONTACT "The dragoman authors <dragoman@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "converts diplomatic telegrams between text, TEI, JSON and bags")
set(CPACK_PACKAGE_DESCRIPTION
"dragoman reads diplomatic telegrams (\"cables\") as raw text, TEI-XML, JSON, JSON
Lines and BagIt bundles, and writes each of them as any other without losing an
octet. Formats are plugins; this package holds the SDK to write one, too.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION text)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
include(CPack)
