#include "isolation/wire.hpp"

#include <new>

namespace dragoman::hosting {

template <class F>
dgm_status event_packer::told(void* ctx, F&& f) noexcept {
  auto& self = *static_cast<event_packer*>(ctx);
  if (self.events_ >= self.fail_at_) return self.fail_status_;
  ++self.events_;
  try {
    f(self, packer(self.out_));
    if (self.on_event_) self.on_event_();
    return DGM_OK;
  } catch (const std::bad_alloc&) {
    return DGM_NOMEM;
  } catch (...) {
    return DGM_FATAL;
  }
}

// A null pointer that has a length is handed on as what it is.
void event_packer::put(op inline_op, op slice_op, dgm_str s) {
  packer p(out_);
  if (s.ptr == nullptr && s.len != 0) return p.begin(op::null_text).number(s.len).end();
  const std::less_equal<const char*> is_before;
  if (s.len != 0 && is_before(octets_.data(), s.ptr) && is_before(s.ptr + s.len, octets_.data() + octets_.size()))
    return p.begin(slice_op, static_cast<std::uint64_t>(s.ptr - octets_.data()), std::uint64_t{s.len}).end();
  p.begin(inline_op).rest(view(s)).end();
}

event_packer::event_packer(std::string& out)
    : out_(out),
      sink_{sizeof(dgm_sink),
            this,
            [](void* ctx, std::int32_t type, dgm_str name) noexcept -> dgm_status {
              return told(ctx, [&](event_packer& self, packer p) {
                if (name.ptr == nullptr && name.len != 0) return self.put(op::text, op::text_slice, name);
                p.begin(op::open, static_cast<std::uint64_t>(std::int64_t{type})).rest(view(name)).end();
              });
            },
            [](void* ctx, dgm_str name, dgm_str value) noexcept -> dgm_status {
              return told(ctx, [&](event_packer& self, packer p) {
                for (const auto& s : {name, value})
                  if (s.ptr == nullptr && s.len != 0) return self.put(op::text, op::text_slice, s);
                p.begin(op::attr, std::uint64_t{name.len}).rest(view(name)).rest(view(value)).end();
              });
            },
            [](void* ctx, dgm_str utf8) noexcept -> dgm_status {
              return told(ctx, [&](event_packer& self, packer) { self.put(op::text, op::text_slice, utf8); });
            },
            [](void* ctx, const void* octets, std::size_t length) noexcept -> dgm_status {
              return told(ctx, [&](event_packer& self, packer) {
                self.put(op::bytes, op::bytes_slice, {static_cast<const char*>(octets), length});
              });
            },
            [](void* ctx) noexcept -> dgm_status {
              return told(ctx, [](event_packer&, packer p) { p.begin(op::close_node).end(); });
            },
            [](void* ctx, std::uint64_t begin, std::uint64_t end) noexcept -> dgm_status {
              return told(ctx, [&](event_packer&, packer p) { p.begin(op::span, begin, end).end(); });
            }} {}

dgm_status tell(const message& m, std::string_view octets, const dgm_sink& sink, bool& is_event) {
  unpacker in(m.payload);
  const auto slice = [&] {
    const auto begin = in.number(), length = in.number();
    if (begin > octets.size() || length > octets.size() - begin) throw nonsense("a slice lies outside of the input");
    return octets.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(length));
  };
  is_event = true;
  switch (m.what) {
    case op::open: {
      const auto type = in.status();
      return sink.open(sink.ctx, type, span(in.rest()));
    }
    case op::attr: {
      const auto name = in.text();
      return sink.attr(sink.ctx, span(name), span(in.rest()));
    }
    case op::text: return sink.text(sink.ctx, span(in.rest()));
    case op::text_slice: return sink.text(sink.ctx, span(slice()));
    case op::null_text: return sink.text(sink.ctx, {nullptr, static_cast<std::size_t>(in.number())});
    case op::bytes: {
      const auto all = in.rest();
      return sink.bytes(sink.ctx, all.data(), all.size());
    }
    case op::bytes_slice: {
      const auto all = slice();
      return sink.bytes(sink.ctx, all.data(), all.size());
    }
    case op::close_node: return sink.close(sink.ctx);
    case op::span: {
      const auto begin = in.number();
      return sink.span(sink.ctx, begin, in.number());
    }
    default: is_event = false; return DGM_OK;
  }
}

}  // namespace dragoman::hosting
