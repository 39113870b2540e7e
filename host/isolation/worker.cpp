#include "isolation/worker.hpp"

#include "inputs/cutting.hpp"
#include "isolation/lent_services.hpp"
#include "isolation/sandbox.hpp"
#include "plugins/loader.hpp"

#include <dragoman/digest.hpp>
#include <dragoman/document.hpp>

#include <poll.h>
#include <pthread.h>
#include <sys/shm.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <new>
#include <vector>

namespace dragoman::hosting {
namespace {

shared_page* the_page = nullptr;  // for the new handler

// A document that the host sent, or that a plugin made, as a buffer that starts where it may.
class sent_document {
public:
  void take(std::string_view buffer) {
    words_.resize((buffer.size() + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
    if (!buffer.empty()) std::memcpy(words_.data(), buffer.data(), buffer.size());
  }
  // The host made it and checked it.
  const dgm_node* root() const noexcept {
    return reinterpret_cast<const dgm_node*>(reinterpret_cast<const char*>(words_.data()) + sizeof(detail::document_header));
  }

private:
  std::vector<std::uint64_t> words_;
};

class worker {
public:
  worker(int socket, shared_page& page) : line_(socket, page), services_(line_) {}

  int serve() {
    if (!hello()) return 1;
    for (;;) take(line_.next());
  }

private:
  bool hello() {
    const auto m = line_.next();
    if (m.what != op::hello) return false;
    unpacker in(m.payload);
    sandbox_limits limits;
    limits.memory = static_cast<std::size_t>(in.number());
    limits.file_size = in.number();
    limits.open_files = static_cast<unsigned>(in.number());
    seconds_ = limits.processor_seconds = static_cast<double>(in.number());
    std::vector<std::string> files;
    for (auto n = in.number(); n > 0; --n) files.emplace_back(in.text());
    for (const auto& file : files) {
      const dgm_plugin* plugin = nullptr;
      if (const auto why = load_module(file, plugin); !why.empty()) {
        line_.say().begin(op::ready).rest(why).end();
        line_.flush();
        return false;
      }
      for (std::size_t i = 0; plugin->formats[i] != nullptr; ++i) formats_.push_back(plugin->formats[i]);
    }
    char digest[64];
    sha256("", digest);  // what OpenSSL reads of the disk it reads now
    enter_sandbox(limits);
    line_.say().begin(op::ready).end();
    return true;
  }

  void take(const message& m) {
    allow_time();
    unpacker in(m.payload);
    switch (m.what) {
      case op::input: take_input(in); break;
      case op::probe: probe(in); break;
      case op::cut: cut(in); break;
      case op::read: open_reader(in); break;
      case op::more: read(in.number(), false); break;
      case op::begin: open_writer(in); break;
      case op::write: write(in); break;
      case op::failed: failed(in); break;
      case op::finish: finish(in); break;
      case op::number: number(in); break;
      case op::close: close_session(); break;
      default: throw nonsense("the host says something that nobody understands");
    }
  }
  // The limit of the processor's time is for a document; to set it anew costs a call of the system, so not each time.
  void allow_time() {
    const auto now = std::chrono::steady_clock::now();
    if (now - allowed_ < std::chrono::seconds(1)) return;
    allowed_ = now;
    allow_processor(seconds_);
  }
  const dgm_format& format(unpacker& in) {
    const auto id = in.text();
    for (const auto* f : formats_)
      if (f->id == id) return *f;
    throw nonsense("no such format");
  }

  void take_input(unpacker& in) {
    has_contents_ = in.flag();
    length_ = in.signed_number();
    history_ = in.text();
    name_ = in.text();
    contents_ = in.rest();
  }

  // -- pure functions
  void probe(unpacker& in) {
    const bool at_end = in.flag();
    std::vector<std::string> ids;
    while (const auto n = in.number()) {
      if (n > formats_.size()) throw nonsense("no such format");
      const auto& reader = *formats_[n - 1]->reader;
      dgm_str why{};
      line_.page().probing.store(static_cast<std::uint32_t>(n));
      const auto score = reader.probe(contents_.data(), contents_.size(), at_end ? 1 : 0, &why);
      line_.say().begin(op::scored).number(n).number(static_cast<std::uint64_t>(std::int64_t{score})).rest(view(why)).end();
    }
    line_.page().probing.store(0);
    line_.done(DGM_OK);
  }
  void cut(unpacker& in) {
    const auto* reader = format(in).reader;
    const auto begin = in.number(), enough = in.number();
    const bool at_end = in.flag();
    const auto n = whole_documents(*reader, std::string_view(contents_).substr(begin), at_end, static_cast<std::size_t>(enough));
    line_.say().begin(op::scored).number(0).number(static_cast<std::uint64_t>(n)).end();
    line_.done(DGM_OK);
  }

  // -- reading
  void open_reader(unpacker& in) {
    reader_ = format(in).reader;
    services_.take(in);
    const auto begin = in.number(), end = in.number(), skip = in.number(), fail_at = in.number();
    const auto fail_status = in.status();
    const bool has_name = in.flag();
    const auto budget = in.number();
    const bool is_ahead = in.flag();
    const auto part = has_contents_ ? std::string_view(contents_).substr(begin, end - begin) : std::string_view();
    input_ = std::make_unique<remote_input>(line_, part, has_contents_,
                                            has_contents_ ? static_cast<std::int64_t>(part.size()) : length_,
                                            has_name ? name_ : std::string(), history_);
    line_.events().refer_to(contents_);
    session_ = nullptr;
    const auto status = reader_->open(services_.table(), input_->table(), &session_);
    line_.done(status);
    line_.say().begin(op::opened).number(session_ != nullptr).end();
    ended_ = status != DGM_OK || session_ == nullptr;
    if (status < 0) session_ = nullptr;
    for (auto n = skip; n > 0 && !ended_; --n) next();
    if (fail_at != UINT64_MAX) line_.events().fail_at(fail_at, fail_status);
    read(budget, is_ahead);
  }
  dgm_status next() {
    const auto status = reader_->next(session_, line_.events().sink());
    line_.done(status);
    ended_ = status != DGM_OK && status != DGM_SKIP;
    return status;
  }
  // Reads ahead, unless a document needs the host. What the host asked ahead of need it does not ask to go on with, unless it
  // did something for it, which it cannot do twice.
  void read(std::uint64_t documents, bool is_ahead) {
    while (true) {
      for (; documents > 0 && !ended_; --documents) {
        next();
        if (services_.uses_nested()) break;
      }
      line_.events().fail_at(UINT64_MAX, DGM_OK);
      const bool waits = !ended_ && (!is_ahead || services_.uses_nested());
      if (!waits) close();
      if (ended_) line_.say().begin(op::closed).end();
      else line_.say().begin(op::pause).number(waits).end();
      if (services_.uses_nested()) line_.flush();  // what the host did for it must not be lost with what comes next
      if (!waits || !is_ahead) return;
      const auto word = line_.word_on_session();
      allow_time();
      if (word.what == op::close) return close_session();
      documents = unpacker(word.payload).number();
    }
  }
  void close_session() {
    close();
    line_.say().begin(op::closed).end();
  }
  void close() {
    services_.end();
    if (session_ != nullptr && reader_ != nullptr) reader_->close(session_);
    if (session_ != nullptr && writer_ != nullptr) writer_->close(session_);
    session_ = nullptr;
    reader_ = nullptr;
    writer_ = nullptr;
  }

  // -- writing
  dgm_output output_table() {
    return {sizeof(dgm_output), this,
            [](void* ctx, const void* octets, std::size_t length) noexcept -> dgm_status {
              return guarded([&] {
                auto& to = static_cast<worker*>(ctx)->line_;
                to.beat();
                for (std::string_view rest(static_cast<const char*>(octets), length); !rest.empty();) {
                  const auto piece = rest.substr(0, 4 * flush_at);
                  to.say().begin(op::octets).rest(piece).end();
                  if (to.is_full()) to.flush();
                  rest.remove_prefix(piece.size());
                }
                return dgm_status{DGM_OK};
              });
            },
            span(name_)};
  }
  void open_writer(unpacker& in) {
    writer_ = format(in).writer;
    services_.take(in);
    services_.take_volume(in);
    name_ = in.text();
    output_ = output_table();
    session_ = nullptr;
    const auto status = writer_->open(services_.table(), &output_, &session_);
    line_.done(status);
    line_.say().begin(op::opened).number(session_ != nullptr).end();
    if (status < 0) session_ = nullptr;
  }
  void write(unpacker& in) {
    services_.take_volume(in);
    const auto flags = static_cast<std::uint32_t>(in.number());
    const sent_origin from(line_, in);
    std::deque<std::string> texts;
    std::vector<dgm_diag> findings;
    for (auto n = in.number(); n > 0; --n) findings.push_back(diagnostic(in, texts));
    document_.take(in.rest());
    const dgm_document lent{sizeof(dgm_document), flags,           &detail::store_view, document_.root(),
                            from.table(),         findings.data(), findings.size()};
    services_.lend(&lent);
    line_.done(session_ != nullptr ? writer_->write(session_, &lent) : dgm_status{DGM_FATAL});
    services_.lend(nullptr);
    if (services_.uses_nested()) line_.flush();  // what the host did for it must not be lost with what comes next
  }
  void failed(unpacker& in) {
    services_.take_volume(in);
    const sent_origin from(line_, in);
    const std::string stage(in.text());
    std::deque<std::string> texts;
    const dgm_failure lent{sizeof(dgm_failure), from.table(), span(stage), diagnostic(in, texts)};
    line_.done(session_ != nullptr ? writer_->failed(session_, &lent) : dgm_status{DGM_FATAL});
  }
  void finish(unpacker& in) {
    services_.take_volume(in);
    line_.done(session_ != nullptr ? writer_->finish(session_) : dgm_status{DGM_FATAL});
    close_session();
  }
  void number(unpacker& in) {
    const auto* writer = format(in).writer;
    services_.take(in);
    services_.take_volume(in);
    name_ = in.text();
    const auto length = in.signed_number();
    const remote_input volume(line_, {}, false, length, std::string(in.text()), {});
    output_ = output_table();
    line_.done(writer->number(services_.table(), volume.table(), &output_));
  }

  host_line line_;
  lent_services services_;
  std::vector<const dgm_format*> formats_;
  double seconds_ = 0;
  std::chrono::steady_clock::time_point allowed_ = std::chrono::steady_clock::now();
  std::string contents_, name_, history_;
  std::int64_t length_ = 0;
  bool has_contents_ = false, ended_ = false;
  std::unique_ptr<remote_input> input_;
  dgm_output output_{};
  sent_document document_;
  const dgm_reader* reader_ = nullptr;
  const dgm_writer* writer_ = nullptr;
  void* session_ = nullptr;
};

// A worker whose host is gone has nothing to wait for, whatever its plugin does.
void end_with_host(int socket) {
  static int watched;
  watched = socket;
  pthread_attr_t small;
  ::pthread_attr_init(&small);
  ::pthread_attr_setstacksize(&small, std::size_t{1} << 18);
  pthread_t thread;
  ::pthread_create(
      &thread, &small,
      [](void*) -> void* {
        pollfd hangup{watched, 0, 0};
        while (::poll(&hangup, 1, -1) <= 0) {
        }
        leave();
      },
      nullptr);
  ::pthread_attr_destroy(&small);
}

}  // namespace

int be_worker(int argc, char** argv) noexcept {
  if (argc != 4) return 2;
  const int socket = std::atoi(argv[2]), memory = std::atoi(argv[3]);
  void* page = ::shmat(memory, nullptr, 0);
  if (page == reinterpret_cast<void*>(-1)) return 2;
  the_page = static_cast<shared_page*>(page);
  std::set_new_handler([] {
    the_page->out_of_memory.store(1);
    throw std::bad_alloc();
  });
  end_with_host(socket);
  try {
    return worker(socket, *the_page).serve();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 3;
  }
}

}  // namespace dragoman::hosting
