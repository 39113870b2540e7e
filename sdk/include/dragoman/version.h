/* dragoman/version.h - the version of the program, its plugins and this SDK, written down once; CMake reads it here. */
#ifndef DRAGOMAN_VERSION_H
#define DRAGOMAN_VERSION_H
#define DRAGOMAN_VERSION "0.1.0"
#endif
