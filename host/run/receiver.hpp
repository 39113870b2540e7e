// What is made of an input, handed on piece by piece: by those who read and render to the one who gives outputs their names
// and tells people.
#pragma once
#include "outputs/output.hpp"
#include "sessions/document_reader.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dragoman::hosting {

// An output of its own, complete but for its name.
struct finished_file {
  std::unique_ptr<byte_sink> sink;
  std::string stem;           // the name that it asks for, without suffix, below the folder of outputs
  std::size_t documents = 0;  // in it
  std::shared_ptr<const origin> from;
};

// Octets for the one output of the run, which documents were written into apart from it.
struct written_documents {
  std::string octets;
  std::size_t documents = 0;
  std::shared_ptr<const origin> from;  // of the last of them
  std::optional<finding> problem;      // why the output is to be given up behind them; reported already
};

// Takes it, one call at a time, in the order of the input.
class receiver {
public:
  virtual ~receiver() = default;
  virtual void report(const origin& about, const finding& f) = 0;
  virtual void failed(failure f) = 0;                  // an input, or documents of it; reported already
  virtual void document(document_reader::step s) = 0;  // a document or frame for the one output of the run
  virtual void written(written_documents&& w) = 0;     // may be left as it is
  virtual void file(finished_file f) = 0;
  // So many octets of memory are held until all of it was taken.
  virtual void holds(std::size_t octets) { (void)octets; }
};

// Keeps what it is handed, and hands it on later.
class recording final : public receiver {
public:
  void report(const origin& about, const finding& f) override;
  void failed(failure f) override;
  void document(document_reader::step s) override;
  void written(written_documents&& w) override;
  void file(finished_file f) override;
  void holds(std::size_t octets) override { held_ += octets; }

  // Those among it.
  std::vector<const document_reader::step*> documents() const;
  bool is_empty() const noexcept { return kept_.empty(); }
  std::size_t weight() const noexcept { return weight_; }  // octets of memory, about
  std::size_t held() const noexcept { return held_; }      // octets, see receiver::holds
  // Once. Memory that the other does not take is kept until the recording ends.
  void replay(receiver& to);

private:
  struct told {
    std::shared_ptr<const origin> about;
    finding what;
  };
  using item = std::variant<told, failure, document_reader::step, written_documents, finished_file>;
  void keep(item i, std::size_t weight);

  std::vector<item> kept_;
  std::size_t weight_ = 0, held_ = 0;
};

}  // namespace dragoman::hosting
