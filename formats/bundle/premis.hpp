// formats/bundle/premis.hpp - metadata/premis.xml: PREMIS 3 objects, events and agents, from the records.
//
// Source: bundles.md 10 "Provenance"; PREMIS Data Dictionary 3.0. Every object, event and agent is linked, as archives'
// importers demand. Identifiers depend on what they identify and on nothing else. Pure; any thread.
#pragma once
#include "records.hpp"
#include "spool.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::bundle {

// UUID of version 5 (RFC 4122 4.3) in the name space of dragoman bundles, in lower case.
std::string stable_uuid(std::string_view name);

// What is the same for all records of a bundle.
struct premis_context {
  std::string program, version;  // of the running code
  std::string time;              // of the run, "2026-01-15T10:00:00Z"
  std::string options_sha256;
  bool normalization = false;  // the event type of derivatives: normalization instead of migration
};

// The event that made a derivative; it becomes derivative::event.
std::string derivation_event(const record& r, std::string_view path, std::string_view format, std::string_view writer,
                             const premis_context& context);

// Writes the document in one pass over the records, as two texts: all objects, and what follows them, events and agents.
class premis_writer {
public:
  using sink = std::function<void(std::string_view)>;
  premis_writer(premis_context context, sink objects, sink rest)
      : context_(std::move(context)), out_objects_(std::move(objects)), out_(std::move(rest)) {}

  void begin();
  // The objects of a record. `with_original` is false when an earlier record gave the same original.
  void objects(const record& r, bool with_original);
  // `with_original` as above, for how the original came out of an earlier bundle.
  void events(const record& r, bool with_original);
  // Instead of all that: the bundle as one object, and the event that made it. `id` is the digest of its manifest.
  void bundle(const std::string& name, std::string_view id, const std::vector<std::string>& plugins, const std::string& note,
              bool some_failed);
  void end();

private:
  const std::string& original_id(const record& r);
  void hand_over(const sink& to);
  void derivative_object(const record& r, const derivative& d);
  void derivation(const record& r, const derivative& d);
  void failure(const record& r);
  void digest_event(const record& r);
  void kept_originals();
  void unpacking(const record& r);
  void link_object(std::string_view id, std::string_view code, std::string_view role);
  void event_head(std::string_view id, std::string_view code, std::string_view type, const record& r, std::string_view writer);
  void event_outcome(std::string_view code, std::string_view outcome, std::string_view note);
  void event_agents(const record& r, std::string_view writer);
  void event_agent(std::string_view agent);

  premis_context context_;
  sink out_objects_, out_;
  std::string text_;                   // what is handed over next
  std::string path_, sha256_, id_;     // the original that was named last: an object and its event name it
  std::set<std::string> agents_;       // "name@version"
  std::map<std::string, spool> kept_;  // originals that were kept, and nothing else happened to them: their ids, by who read them
};

}  // namespace dragoman::bundle
