// What the host does when a plugin calls it.
#pragma once
#include <dragoman/plugin.hpp>

#include <new>

namespace dragoman::hosting {

// Nothing of the host's may be thrown through a plugin, which gets a status instead.
template <class F>
dgm_status guarded(F&& f) noexcept {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    return DGM_NOMEM;
  } catch (const stop& s) {
    return s.status;
  } catch (...) {
    return DGM_FATAL;
  }
}

}  // namespace dragoman::hosting
