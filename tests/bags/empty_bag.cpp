// empty_bag OUT.zip [PREMIS]: a bundle of nothing. No run writes one, since the originals of what held no document are kept; a
// host of its own may.
#include <bundle/testing.hpp>

#include <fstream>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string path = argv[1];
  const auto made =
      dragoman::bundle::fake::make_bundle({}, {{"premis", argc > 2 ? argv[2] : "record"}}, path.substr(path.rfind('/') + 1));
  std::ofstream out(path, std::ios::binary);
  return out << made.octets && out.flush() ? 0 : 1;
}
