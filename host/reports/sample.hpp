// Documents of a run that are looked at by eye, drawn so that everybody who draws gets the same ones.
//
// Source: bundles.md 12 "Spot check".
#pragma once
#include "reports/record.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace dragoman::hosting {

struct sample_wish {
  std::size_t count = 0;  // 0: none
  std::string seed;
};

// Draws the documents with the least digests of seed, original and number. So the draw does not depend on the order of inputs
// or on who made which of them, and that of a whole is among those of its parts. Holds no more than it draws.
class spot_sample {
public:
  struct document {
    std::string page;        // name of the file that shows it
    std::string id, source;  // of its input
    std::string sha256;      // of that
    std::string format;      // and the id of what reads it
    std::string_view status;
    std::size_t number = 0, of = 0;  // among the documents of its input that were converted, from 1
    std::string output;              // its own file below the folder of outputs; empty when it has none
  };

  explicit spot_sample(sample_wish wish = {}) : wish_(std::move(wish)) {}
  // What was converted of an input. [any order]
  void consider(const input_record& r);
  // By the paths of their inputs.
  std::vector<document> drawn() const;
  const sample_wish& wish() const noexcept { return wish_; }

private:
  sample_wish wish_;
  std::map<std::string, document> least_;
};

// The folder with the pages of a report: "r.html" has "r.samples".
std::string sample_folder(const std::string& report);

// Takes the pages of an earlier draw out of the folder: all but these. Other files stay.
void remove_other_pages(const std::string& folder, const std::vector<spot_sample::document>& drawn);

// What a page shows.
struct sample_page {
  spot_sample::document what;
  std::string problem;         // why there is less to see than there should be; empty: nothing
  std::string original;        // its text
  std::size_t first_line = 1;  // of it, in the input
  std::vector<finding> findings;
  struct made {
    std::string title, text;
  };
  std::vector<made> derivatives;
};
std::string html_of(const sample_page& page);

}  // namespace dragoman::hosting
