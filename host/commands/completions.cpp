#include "../program.hpp"
namespace dragoman::hosting {
void add_completions(program&) {}
}
