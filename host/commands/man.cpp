#include "../program.hpp"
namespace dragoman::hosting {
void add_man(program&) {}
}
