#include "program.hpp"

int main(int argc, char** argv) { return dragoman::hosting::program().run(argc, argv); }
